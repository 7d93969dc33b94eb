"""What people do in their apps, and the company in its own, as webhooks for the apps."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from channels_app.emulators.graph.messaging.receipts import Receipts
from channels_app.emulators.graph.messaging.state import STORY_LIFE, Account, Chat, Comment, Fields, Message, Person
from channels_app.emulators.graph.messaging.world import World
from channels_app.emulators.graph.state import Node
from channels_app.emulators.made_up import given_bytes, noise, picture
from channels_app.emulators.web import BadRequestError

_FACTS = ("name", "username", "is_online", "reads", "has_blocked")
#: The files that people send: the bubble's type, and the content type where none is given.
_FILES = {"photo": ("image", "image/jpeg", "photo.jpg"), "video": ("video", "video/mp4", "film.mp4"),
          "voice": ("audio", "video/mp4", "voice.mp4"), "audio": ("audio", "video/mp4", "sound.mp4"),
          "file": ("document", "application/pdf", "file.pdf"), "document": ("document", "application/pdf", "file.pdf"),
          "sticker": ("sticker", "image/webp", "sticker.webp")}  # fmt: skip
AD = {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "120200000007", "ref": "winter",
      "ads_context_data": {"ad_title": "Bowls for winter", "photo_url": "https://example.com/bowl.jpg"}}  # fmt: skip
LINK = {"ref": "summer", "source": "SHORTLINK", "type": "OPEN_THREAD"}


class Customers:
    """Does what a request to `/_ctl/messenger/inbound` or `/_ctl/instagram/inbound` asks for."""

    def __init__(self, world: World, receipts: Receipts) -> None:
        self._world = world
        self._receipts = receipts

    def act(self, account: Account, wanted: Fields) -> Fields:
        """Do one thing and tell its event, message and person. Raises BadRequestError."""
        kind = str(wanted.get("kind") or "text")
        chat = self.chat(account, wanted)
        chat.is_standby = wanted.get("standby", chat.is_standby) is True
        do = self._ACTS.get(kind, Customers.write)
        found = do(self, account, chat, wanted)
        return {**found, "account": account.id, "customer": chat.person.id}

    def chat(self, account: Account, wanted: Fields) -> Chat:
        """The chat of a request's person, by `from`: an id, or facts of a person."""
        given = wanted.get("from")
        facts: Fields = dict(given) if isinstance(given, dict) else {}
        value = str(facts.get("id") or (given if isinstance(given, int | str) else ""))
        platform = account.graph.platform
        person_id = value or str((7 if account.is_page else 17) * 10**15 + platform.number("person"))
        chat = account.chats.get(person_id)
        if chat is None:
            chat = account.chats[person_id] = Chat(Person(person_id, f"Customer {person_id[-4:]}"))
            platform.add_node(Node(person_id, "person", chat, parent=account.node, account=account.id))
        for name in _FACTS:
            if name in facts:
                setattr(chat.person, name, facts[name])
        return chat

    def write(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        kind = str(wanted.get("kind") or "text")
        make = self._CONTENTS.get(kind)
        if make is None:
            raise BadRequestError(f"There is no kind called {kind}.")
        message = Message(
            self._world.message_id(account), False, kind, str(wanted.get("text") or ""), self._world.now(),
            reply_to=str(wanted.get("reply_to") or ""),
        )  # fmt: skip
        content = make(self, account, message, wanted)
        return self._said(account, chat, message, content, wanted)

    def album(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """Several pictures at once: one message with several attachments."""
        message = Message(self._world.message_id(account), False, "image", "", self._world.now())
        attachments = [self._file(account, message, {**wanted, "kind": "photo"}) for _one in range(int(wanted.get("count") or 3))]
        return self._said(account, chat, message, {"attachments": [one["attachments"][0] for one in attachments]}, wanted)

    def postback(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        title, payload = str(wanted.get("text") or "Get started"), str(wanted.get("data") or "GET_STARTED")
        message = Message(self._world.message_id(account), False, "text", title, self._world.now())
        chat.messages[message.id], chat.written_at = message, message.at
        said: Fields = {"mid": message.id, "title": title}
        said |= {} if chat.is_standby else {"payload": payload}
        return {"event": self._world.tell(account, chat, "postback", postback=said), "message": message.id}

    def edit(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        message = self._found(chat, wanted)
        message.text, message.is_edited = str(wanted.get("text") or ""), True
        said = {"mid": message.id, "text": message.text, "num_edit": 1}
        return {"event": self._world.tell(account, chat, "message_edit", message_edit=said), "message": message.id}

    def unsend(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """Take a message back. Pages hear nothing of it; Instagram's apps have to forget it."""
        message = self._found(chat, wanted)
        message.is_deleted = True
        if account.is_page:
            return {"event": 0, "message": message.id}
        event = self._world.tell(account, chat, "message", message={"mid": message.id, "is_deleted": True})
        return {"event": event, "message": message.id}

    def react(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """React with `emoji`; an empty one takes it back."""
        message, emoji = self._found(chat, wanted), str(wanted.get("emoji", "❤"))
        message.reactions["customer"] = emoji
        said: Fields = {"mid": message.id, "action": "react" if emoji else "unreact"}
        said |= {"reaction": "love" if emoji == "❤" else "other", "emoji": emoji} if emoji else {}
        return {"event": self._world.tell(account, chat, "reaction", reaction=said), "message": message.id}

    def comment(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """Write under a post, or with `comment` change or take back (`verb`) what was written there: on pages alone."""
        platform, person = account.graph.platform, chat.person
        verb, text = str(wanted.get("verb") or "add"), str(wanted.get("text") or "How much is it?")
        comment_id = str(wanted.get("comment") or f"{account.id}_{platform.number('comment')}")
        account.comments.setdefault(comment_id, Comment(comment_id, person, text, self._world.now()))
        if account.is_page:
            value = {"item": "comment", "verb": verb, "comment_id": comment_id, "post_id": f"{account.id}_1",
                     "from": {"id": person.id, "name": person.name}, "created_time": int(self._world.now())}  # fmt: skip
            value |= {} if verb == "remove" else {"message": text}
            return {"event": self._world.change(account, "feed", value, person.id), "comment": comment_id}
        author = {"id": person.id, "username": person.username or person.name}
        value = {
            "id": comment_id,
            "from": author,
            "text": text,
            "media": {"id": "18000000000000001", "media_product_type": "FEED"},
        }
        field = "live_comments" if wanted.get("is_live") is True else "comments"
        return {"event": self._world.change(account, field, value, person.id), "comment": comment_id}

    def read(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """The person opens the chat."""
        return {"read": self._receipts.open(account, chat)}

    def online(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """The person's phone goes away, or comes back and gets what waited."""
        chat.person.is_online = wanted.get("is_online", True) is True
        if chat.person.is_online:
            self._receipts.come_online(account, chat)
        return {"is_online": chat.person.is_online}

    def block(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """The person blocks the account, or lets it write again: nobody is told."""
        chat.person.has_blocked = wanted.get("kind") == "block"
        return {"has_blocked": chat.person.has_blocked}

    def echo(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """The company writes in its own inbox at Meta."""
        text = str(wanted.get("text") or "From our own inbox")
        message = Message(self._world.message_id(account), True, "text", text, self._world.now(), tick="delivered")
        message.app_id = "26390203743090"
        chat.messages[message.id] = message
        return {"event": self._receipts.echo(account, chat, message), "message": message.id}

    def referral(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """The person comes by a link, and says nothing yet."""
        given = wanted.get("referral")
        return {"event": self._world.tell(account, chat, "referral", referral=given if isinstance(given, dict) else LINK)}

    def handover(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """Another app takes the conversation over, or gives it back (`is_ours`)."""
        chat.is_standby = wanted.get("is_ours") is not True
        said = {"new_owner_app_id": "1" if chat.is_standby else "2", "metadata": "by hand"}
        return {"event": self._world.tell(account, chat, "pass_thread_control", pass_thread_control=said)}

    def optin(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        said = {"type": "notification_messages", "notification_messages_token": "6" * 16, "topic": "news"}
        return {"event": self._world.tell(account, chat, "optin", optin=said)}

    def policy(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """Meta takes a page's messages away, or gives them back (`action` unblock)."""
        said = {"action": str(wanted.get("action") or "block"), "reason": "The page broke a rule."}
        event: Fields = {"recipient": {"id": account.id}, "timestamp": int(self._world.now() * 1000), "policy_enforcement": said}
        return {"event": self._world.emit(account, {"messaging": [event]}, "messaging_policy_enforcement", "")}

    def raw(self, account: Account, chat: Chat, wanted: Fields) -> Fields:
        """Any entry as it is given: `{"entry": {"messaging": [{…}]}, "field": "messages"}`."""
        entry = wanted.get("entry")
        if not isinstance(entry, dict):
            raise BadRequestError("Give the parts of an entry as an object.")
        return {"event": self._world.emit(account, entry, str(wanted.get("field") or "messages"), chat.person.id)}

    def _said(self, account: Account, chat: Chat, message: Message, content: Fields, wanted: Fields) -> Fields:
        chat.messages[message.id], chat.written_at = message, message.at
        story = wanted.get("kind") == "story_reply"
        told: Fields = {"mid": message.id, **content}
        if message.reply_to and not story:
            told["reply_to"] = {"mid": message.reply_to}
        if wanted.get("referral"):
            told["referral"] = AD if wanted["referral"] is True else wanted["referral"]
        told |= wanted.get("overrides") or {}
        return {"event": self._world.tell(account, chat, "message", message=told), "message": message.id}

    def _text(self, account: Account, message: Message, wanted: Fields) -> Fields:
        message.text = str(wanted.get("text", "Hello"))
        return {"text": message.text}

    def _button(self, account: Account, message: Message, wanted: Fields) -> Fields:
        """One of the answers to choose from."""
        message.type, message.text = "text", str(wanted.get("text") or "Yes")
        return {"text": message.text, "quick_reply": {"payload": str(wanted.get("data") or message.text)}}

    def _file(self, account: Account, message: Message, wanted: Fields) -> Fields:
        """A file; a sticker may come as a picture too (`form` both), or as one alone (`form` image), as it once did."""
        shown, content_type, name = _FILES[str(wanted.get("kind"))]
        content_type, name = str(wanted.get("content_type") or content_type), str(wanted.get("name") or name)
        random = self._world.graph.platform.random
        made = picture(random) if content_type == "image/jpeg" else noise(content_type, int(wanted.get("size") or 2000), random)
        content = given_bytes(wanted) if wanted.get("base64") else made
        message.type, message.file = shown, self._world.add_file(account, name, content_type, content).key
        more = {"sticker_id": 555000000000001} if shown == "sticker" else {}
        told = self._world.attachment(message, **more)
        form = wanted.get("form") if shown == "sticker" else None
        if form in ("both", "image"):
            told = [{**told[0], "type": "image"}, *(told if form == "both" else [])]
        return {"attachments": told, **({"text": message.text} if message.text else {})}

    def _bare(self, kind: str, text: str, message: Message, payload: Fields | None = None, **more: Any) -> Fields:
        """An attachment that is no file."""
        message.text = message.text or text
        return {"attachments": [{"type": kind, **({} if payload is None else {"payload": payload}), **more}]}

    def _thumb(self, account: Account, message: Message, wanted: Fields) -> Fields:
        message.type = "sticker"
        payload = {"url": "https://scontent.fbcdn.net/thumb.png", "sticker_id": 369239263222822}
        return self._bare("sticker", "👍", message, payload)

    def _heart(self, account: Account, message: Message, wanted: Fields) -> Fields:
        message.type = "sticker"
        return self._bare("like_heart", "❤️", message)

    def _location(self, account: Account, message: Message, wanted: Fields) -> Fields:
        place = {"lat": float(wanted.get("latitude", 38.7223)), "long": float(wanted.get("longitude", -9.1393))}
        return self._bare("location", f"📍 {place['lat']}, {place['long']}", message, {"coordinates": place})

    def _share(self, account: Account, message: Message, wanted: Fields) -> Fields:
        kind = "ig_reel" if wanted.get("kind") == "reel" else "share" if not account.is_page else "fallback"
        url, title = "https://www.instagram.com/p/C0000000001/", "Blue bowls"
        if kind == "fallback":
            return self._bare(kind, title, message, None, title=title, url=url)
        return self._bare(kind, title, message, {"url": url, "title": title, "reel_video_id": "180001"})

    def _story(self, account: Account, message: Message, wanted: Fields) -> Fields:
        """The account is mentioned in a story, or one of its own is answered; the story's address ends with it."""
        content = given_bytes(wanted) if wanted.get("base64") else picture(self._world.graph.platform.random)
        file = self._world.add_file(account, "story.jpg", "image/jpeg", content, life=STORY_LIFE)
        url = self._world.url_of(file)
        message.type, message.file = "image", file.key
        if wanted.get("kind") == "story_mention":
            return {"attachments": [{"type": "story_mention", "payload": {"url": url}}]}
        message.text = str(wanted.get("text") or "Lovely!")
        return {"text": message.text, "reply_to": {"story": {"id": f"1800{account.graph.platform.number('story')}", "url": url}}}

    def _unsupported(self, account: Account, message: Message, wanted: Fields) -> Fields:
        return {"is_unsupported": True}

    def _found(self, chat: Chat, wanted: Fields) -> Message:
        message = chat.messages.get(str(wanted.get("message") or ""))
        if message is None:
            raise BadRequestError("There is no such message in this chat.")
        return message

    _ACTS: ClassVar[Mapping[str, Callable[["Customers", Account, Chat, Fields], Fields]]] = {
        "album": album,
        "postback": postback,
        "edit": edit,
        "unsend": unsend,
        "delete": unsend,
        "revoke": unsend,
        "react": react,
        "comment": comment,
        "read": read,
        "online": online,
        "block": block,
        "unblock": block,
        "echo": echo,
        "referral": referral,
        "handover": handover,
        "optin": optin,
        "policy": policy,
        "raw": raw,
    }
    _CONTENTS: ClassVar[Mapping[str, Callable[["Customers", Account, Message, Fields], Fields]]] = {
        **dict.fromkeys(_FILES, _file),
        "text": _text,
        "button": _button,
        "thumb": _thumb,
        "heart": _heart,
        "location": _location,
        "share": _share,
        "reel": _share,
        "story_mention": _story,
        "story_reply": _story,
        "unsupported": _unsupported,
    }
