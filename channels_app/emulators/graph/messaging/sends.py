"""`POST /{page}/messages`: messages, private answers to comments, typing, read marks, reactions."""

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call
from channels_app.emulators.graph.messaging.checking import check_message, check_rate, check_standing
from channels_app.emulators.graph.messaging.files import Files
from channels_app.emulators.graph.messaging.receipts import Receipts
from channels_app.emulators.graph.messaging.state import COMMENT_LIFE, Account, Chat, Comment, Fields, Message
from channels_app.emulators.graph.messaging.world import World
from channels_app.emulators.graph.provider import Graph

#: Seconds for which the person sees that somebody writes.
TYPING = 20
_SHOWN = {"image": "image", "video": "video", "audio": "audio", "file": "document"}


class Sends:
    """Takes what accounts send."""

    def __init__(self, world: World, graphs: list[Graph], files: Files, receipts: Receipts) -> None:
        self._world = world
        self._files = files
        self._receipts = receipts
        for graph in graphs:
            for kind in ("page", "ig"):
                graph.kernel.edges.add(kind, "POST", "messages", self._post)

    async def _post(self, call: Call) -> Fields:
        recipient = call.fields.get("recipient")
        recipient = recipient if isinstance(recipient, dict) else {}
        person, comment = str(recipient.get("id") or ""), str(recipient.get("comment_id") or "")
        account = self._world.business.of_node(call.node.id, person or comment)
        entry: Fields = {"at": self._world.now(), "account": account.id if account else "", "to": person or comment,
                         "body": call.fields, "status": 200}  # fmt: skip
        self._world.business.outbox.append(entry)
        try:
            if account is None or bool(person) == bool(comment):
                raise bad_parameter("The parameter recipient is required.")
            answer = await self._done(call, account, person, comment)
        except GraphError as error:
            entry |= {"status": error.status, "code": error.code}
            raise
        entry["message_id"] = answer.get("message_id", "")
        return answer

    async def _done(self, call: Call, account: Account, person: str, comment: str) -> Fields:
        if comment:
            return await self._answer_comment(call, account, comment)
        chat = account.chats.get(person)
        if chat is None:
            raise GraphError(100, "(#100) No matching user found", subcode=2018001 if account.is_page else 2534014)
        action = call.text("sender_action")
        if action:
            self._act(chat, action, call.fields)
            return {"recipient_id": person}
        return await self._send(call, account, chat)

    async def _send(self, call: Call, account: Account, chat: Chat, *, is_private: bool = False) -> Fields:
        message = check_message(account, call.fields)
        check_rate(account, message, self._world.now())
        if not is_private:
            check_standing(account, chat, call.fields, self._world.now())
        kept = await self._keep(call, account, chat, message)
        self._receipts.begin(account, chat, kept)
        return {"recipient_id": chat.person.id, "message_id": kept.id}

    async def _keep(self, call: Call, account: Account, chat: Chat, message: Fields) -> Message:
        attachment = message.get("attachment")
        kind, key = "text", ""
        if isinstance(attachment, dict):
            payload = attachment.get("payload")
            kind = str(attachment.get("type") or "")
            key = (await self._files.of_payload(account, kind, payload if isinstance(payload, dict) else {})).key
        given = call.fields.get("reply_to")
        reply_to = str(given.get("mid") or "") if isinstance(given, dict) else ""
        if reply_to and reply_to not in chat.messages:
            raise bad_parameter("Param reply_to[mid] is not a message of this conversation.")
        kept = Message(
            self._world.message_id(account), True, _SHOWN.get(kind, "text"), str(message.get("text") or ""), self._world.now(),
            reply_to=reply_to, file=key, metadata=str(message.get("metadata") or ""), app_id=call.app.id,
            buttons=[{"id": one["payload"], "title": one["title"]} for one in message.get("quick_replies") or []],
        )  # fmt: skip
        chat.messages[kept.id] = kept
        chat.typing_until = 0.0
        return kept

    async def _answer_comment(self, call: Call, account: Account, comment_id: str) -> Fields:
        """One private answer to a comment, within seven days."""
        comment: Comment | None = account.comments.get(comment_id)
        if comment is None or self._world.now() - comment.at > COMMENT_LIFE:
            raise GraphError(100, "(#100) The comment is not there or too old for a private reply.", subcode=33)
        if comment.is_answered:
            raise GraphError(10900, "(#10900) Activity already replied to", status=400)
        chat = account.chats.setdefault(comment.person.id, Chat(comment.person))
        answer = await self._send(call, account, chat, is_private=True)
        comment.is_answered = True
        return answer

    def _act(self, chat: Chat, action: str, fields: Fields) -> None:
        payload = fields.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        match action:
            case "typing_on" | "typing_off":
                chat.typing_until = self._world.now() + TYPING if action == "typing_on" else 0.0
            case "mark_seen":
                for one in chat.messages.values():
                    one.is_seen = one.is_seen or not one.is_ours
            case "react" | "unreact":
                target = chat.messages.get(str(payload.get("message_id") or ""))
                if target is None or (action == "react" and not payload.get("reaction")):
                    raise bad_parameter("Param payload must name a message and a reaction.")
                target.reactions["business"] = str(payload.get("reaction") or "") if action == "react" else ""
            case _:
                raise bad_parameter("Param sender_action is not valid.")
