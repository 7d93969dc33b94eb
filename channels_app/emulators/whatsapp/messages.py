"""`POST /{number}/messages`: sending, read marks and typing, with the platform's limits and its window."""

from typing import Any

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call
from channels_app.emulators.whatsapp.checking import checked_type, invalid, missing
from channels_app.emulators.whatsapp.media import Files
from channels_app.emulators.whatsapp.receipts import Receipts
from channels_app.emulators.whatsapp.state import WINDOW, Chat, Customer, Fields, Message, Number
from channels_app.emulators.whatsapp.templates import Templates
from channels_app.emulators.whatsapp.world import World

#: Seconds for which the customer sees that somebody writes.
TYPING = 25
_FILES = ("image", "video", "audio", "document", "sticker")


class Messages:
    """Takes what businesses send."""

    def __init__(self, world: World, files: Files, templates: Templates, receipts: Receipts) -> None:
        self._world = world
        self._files = files
        self._templates = templates
        self._receipts = receipts
        world.graph.kernel.edges.add("number", "POST", "messages", self._post)

    def _post(self, call: Call) -> Fields:
        number: Number = call.node.value
        entry: Fields = {"at": self._world.now(), "number": number.id, "method": "messages", "body": call.fields, "status": 200}
        self._world.business.outbox.append(entry)
        try:
            _check_registered(number)
            answer = self._mark(number, call.fields) if "status" in call.fields else self._send(number, call.fields)
        except GraphError as error:
            entry |= {"status": error.status, "code": error.code}
            raise
        entry["message_ids"] = [one["id"] for one in answer.get("messages", ())]
        return answer

    def _mark(self, number: Number, fields: Fields) -> Fields:
        """Everything up to a message was read, and perhaps somebody writes."""
        if fields.get("messaging_product") != "whatsapp" or fields.get("status") != "read":
            raise bad_parameter("Param status must be read.")
        for chat in number.chats.values():
            found = chat.messages.get(str(fields.get("message_id") or ""))
            if found is not None and not found.is_ours:
                _see(chat, found)
                if fields.get("typing_indicator"):
                    self._type(chat, fields["typing_indicator"])
                return {"success": True}
        raise invalid("Message ID is not of a message that was received.")

    def _type(self, chat: Chat, given: Any) -> None:
        if given != {"type": "text"}:
            raise bad_parameter("Param typing_indicator['type'] must be one of {text}.")
        chat.typing_until = self._world.now() + TYPING

    def _send(self, number: Number, fields: Fields) -> Fields:
        kind = checked_type(fields)
        self._check_throughput(number)
        value = str(fields.get("to") or fields.get("recipient") or "").replace(" ", "").lstrip("+")
        if not value:
            raise missing("to")
        if fields.get("to") and not value.isdecimal():
            raise invalid("'to' is no telephone number.")
        customer = self._world.business.customer(value) or self._stranger(value)
        if value == number.phone:
            raise GraphError(
                131021, "(#131021) Recipient cannot be sender", details="Recipient cannot be the sender", product="whatsapp"
            )
        chat = self._world.business.chat(number, customer)
        if kind != "reaction" and chat.pair.wait(self._world.now()):
            details = (
                "Message failed to send because there were too many messages sent from this phone number to the same phone number"
            )
            raise GraphError(
                131056, "(#131056) (Business Account, Consumer Account) pair rate limit hit", details=details, product="whatsapp"
            )
        error, category = self._judged(number, chat, kind, fields)
        if error and number.errors_at_once:
            raise GraphError(error, f"(#{error}) {_WORDS[error]}", details=_WORDS[error], product="whatsapp")
        message = self._keep(number, chat, kind, fields, category)
        self._receipts.begin(number, chat, message, error)
        return self._answer(value, customer, message, kind)

    def _stranger(self, value: str) -> Customer:
        """Nobody has WhatsApp at this number."""
        found = Customer(value, "", "", has_account=False)
        self._world.business.customers.append(found)
        return found

    def _check_throughput(self, number: Number) -> None:
        if number.throughput.wait(self._world.now()):
            details = "Cloud API message throughput has been reached."
            raise GraphError(130429, "(#130429) Rate limit hit", status=429, details=details, product="whatsapp")

    def _judged(self, number: Number, chat: Chat, kind: str, fields: Fields) -> tuple[int, str]:
        """The code by which a message will fail (0: none), and what it is billed as. Raises GraphError."""
        customer, content = chat.customer, fields[kind]
        if kind in _FILES and content.get("id"):
            self._files.known(str(content["id"]), number)
        header = content.get("header") if kind == "interactive" else None
        if isinstance(header, dict) and header.get("type") in _FILES:
            self._files.known(str(header[header["type"]].get("id")), number)
        if not customer.has_account:
            return 131026, "service"
        if kind == "template":
            template, error = self._templates.checked(number.account, content, customer)
            if template.category == "AUTHENTICATION" and fields.get("recipient") and not fields.get("to"):
                details = "Authentication templates cannot be sent to a business-scoped user ID"
                raise GraphError(131062, f"(#131062) {details}", details=details, product="whatsapp")
            return error, template.category.lower()
        is_open = chat.written_at and self._world.now() - chat.written_at <= WINDOW
        return (0 if is_open else 131047), "service"

    def _keep(self, number: Number, chat: Chat, kind: str, fields: Fields, category: str) -> Message:
        chat.typing_until = 0.0
        content = fields[kind]
        if kind == "reaction":
            target = chat.messages.get(str(content["message_id"]))
            if target is None:
                raise invalid("Message ID of the reaction is not of this chat.")
            target.reactions["business"] = content["emoji"]
        context = fields.get("context")
        made = Message(
            id=self._world.message_id(),
            is_ours=True,
            type=kind,
            content=content,
            at=self._world.now(),
            reply_to=str(context.get("message_id") or "") if isinstance(context, dict) else "",
            callback=str(fields.get("biz_opaque_callback_data") or ""),
            category=category,
        )
        chat.messages[made.id] = made
        return made

    def _answer(self, value: str, customer: Customer, message: Message, kind: str) -> Fields:
        contact = {"input": value, **({"wa_id": customer.phone} if customer.mode in ("both", "phone") else {})}
        if customer.user_id and customer.mode != "phone":
            contact["user_id"] = customer.user_id
        state = {"message_status": "accepted"} if kind == "template" else {}
        messages = [{"id": message.id, **state}]
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": messages}


def _check_registered(number: Number) -> None:
    if not number.is_registered:
        raise GraphError(133010, "(#133010) Account not registered", details="Account not registered", product="whatsapp")


def _see(chat: Chat, last: Message) -> None:
    """The customer sees that everything up to a message was read."""
    for message in chat.messages.values():
        if not message.is_ours:
            message.is_seen = True
        if message is last:
            return


_WORDS = {
    131026: "Message undeliverable",
    131047: "Re-engagement message: more than 24 hours have passed since the recipient last replied to the sender number",
    131050: "This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
}
