"""What customers do in their app, as updates for the bot: they write, edit, react, press, block, move their group."""

from collections.abc import Callable
from typing import Any

from channels_app.emulators.telegram.samples import content_for
from channels_app.emulators.telegram.state import Bot, Chat, Connection, Fields, Person
from channels_app.emulators.telegram.world import World
from channels_app.emulators.web import BadRequestError

_PERSON = ("first_name", "last_name", "username", "language_code", "is_deactivated", "has_restricted_voice")


class Customers:
    """Does what a request to `/_ctl/telegram/inbound` asks for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._platform = world.platform

    def act(self, wanted: Fields) -> Fields:
        """Do one thing and tell its update, chat and message numbers. Raises BadRequestError."""
        kind = str(wanted.get("kind") or "text")
        try:
            bot = self._platform.bot_named(str(wanted.get("bot") or ""))
        except KeyError:
            raise BadRequestError("There is no such bot.") from None
        do = _ACTS.get(kind, Customers.write)
        return do(self, bot, wanted)

    def person(self, wanted: Fields) -> Person:
        """The customer of a request, by `from`: an id, or facts of a new one."""
        given = wanted.get("from")
        facts: Fields = {"id": given} if isinstance(given, int) else dict(given) if isinstance(given, dict) else {}
        number = int(facts.get("id") or 0) or self._platform.number("person") + 1_000_000
        known = self._platform.people.get(number)
        if known is None:
            known = Person(number, str(facts.get("first_name") or f"Customer {number}"))
            self._platform.people[number] = known
        for name in _PERSON:
            if name in facts:
                setattr(known, name, facts[name])
        return known

    def _chat(self, bot: Bot, wanted: Fields, person: Person) -> Chat:
        connection = str(wanted.get("business") or "")
        if wanted.get("chat"):
            found = self._platform.chat(bot, int(wanted["chat"]), connection)
            if found is None:
                raise BadRequestError("There is no such chat.")
            return found
        return self._platform.open_chat(bot, person, connection)

    def write(self, bot: Bot, wanted: Fields) -> Fields:
        person = self.person(wanted)
        chat = self._chat(bot, wanted, person)
        if chat.state == "blocked":
            self._set_member(bot, chat, person, "kicked", "member")
            chat.state = "open"
        content = content_for(str(wanted.get("kind") or "text"), wanted, self._world.files, self._platform.random)
        return self._post(bot, chat, person, {**content, **(wanted.get("overrides") or {})}, wanted)

    def album(self, bot: Bot, wanted: Fields) -> Fields:
        """Several photos or films at once, each a message of its own."""
        person = self.person(wanted)
        chat, album = self._chat(bot, wanted, person), str(self._platform.number("album"))
        items = wanted.get("items") or [{"kind": "photo"}] * int(wanted.get("count") or 3)
        found: Fields = {}
        for place, item in enumerate(items):
            kind = str(item.get("kind") or "photo")
            content = content_for(kind, item if place else {**wanted, **item}, self._world.files, self._platform.random)
            found = self._post(bot, chat, person, {**content, "media_group_id": album}, wanted)
        return found

    def _post(self, bot: Bot, chat: Chat, person: Person, content: Fields, wanted: Fields) -> Fields:
        """Put a customer's message into a chat and tell the bot."""
        head: Fields = {"from": person.user, "chat": chat.json, "date": self._world.date(bot)}
        if chat.connection:
            head["business_connection_id"] = chat.connection
        replied = chat.messages.get(int(wanted.get("reply_to") or 0))
        if replied is not None:
            head["reply_to_message"] = _bare(replied)
        message = self._platform.store(chat, {**head, **content})
        if person is chat.person:
            chat.written_at = int(self._world.clock.now())
        kind = "business_message" if chat.connection else "message"
        update = self._world.updates.emit(bot, kind, _bare(message), chat=chat)
        return {"update_id": update, "chat_id": chat.id, "from_id": person.id, "message_id": message["message_id"]}

    def edit(self, bot: Bot, wanted: Fields) -> Fields:
        chat, message = self._found(bot, wanted)
        name = "text" if "text" in message else "caption"
        message |= {name: str(wanted.get("text", "")), "edit_date": self._world.date(bot), **(wanted.get("overrides") or {})}
        message.pop(f"{'' if name == 'text' else 'caption_'}entities", None)
        kind = "edited_business_message" if chat.connection else "edited_message"
        return self._told(bot, chat, kind, _bare(message))

    def react(self, bot: Bot, wanted: Fields) -> Fields:
        """React with `emoji`, a list; an empty one takes the reactions back."""
        chat, message = self._found(bot, wanted)
        given = wanted.get("emoji", "👍")
        new = [{"type": "emoji", "emoji": one} for one in ([given] if isinstance(given, str) and given else given or [])]
        person = chat.person or self.person(wanted)
        payload = {"chat": chat.json, "message_id": message["message_id"], "user": person.user, "date": self._world.date(bot),
                   "old_reaction": message.get("reaction", []), "new_reaction": new}  # fmt: skip
        message["reaction"] = new
        return self._told(bot, chat, "message_reaction", payload)

    def press(self, bot: Bot, wanted: Fields) -> Fields:
        """Press a button of a message, by its data."""
        chat, message = self._found(bot, wanted)
        query = str(self._platform.number("query") + 10**15)
        person = chat.person or self.person(wanted)
        self._platform.queries[query] = {"bot": bot.id, "at": self._world.clock.now(), "is_answered": False}
        payload = {"id": query, "from": person.user, "message": _bare(message), "chat_instance": str(abs(chat.id)),
                   "data": str(wanted.get("data", ""))}  # fmt: skip
        return {**self._told(bot, chat, "callback_query", payload), "query_id": query}

    def block(self, bot: Bot, wanted: Fields) -> Fields:
        person = self.person(wanted)
        chat = self._chat(bot, wanted, person)
        chat.state = "blocked"
        return self._set_member(bot, chat, person, "member", "kicked")

    def unblock(self, bot: Bot, wanted: Fields) -> Fields:
        person = self.person(wanted)
        chat = self._chat(bot, wanted, person)
        chat.state = "open"
        return self._set_member(bot, chat, person, "kicked", "member")

    def group(self, bot: Bot, wanted: Fields) -> Fields:
        """Make a group and add the bot to it."""
        person = self.person(wanted)
        chat = self._platform.add_group(bot, str(wanted.get("title") or "Friends"), is_super=wanted.get("is_super") is True)
        return self._set_member(bot, chat, person, "left", "member")

    def kick(self, bot: Bot, wanted: Fields) -> Fields:
        chat, person = self._group_of(bot, wanted), self.person(wanted)
        chat.state = "kicked"
        return self._set_member(bot, chat, person, "member", "kicked")

    def migrate(self, bot: Bot, wanted: Fields) -> Fields:
        """Turn a group into a supergroup. `silent`: the bot hears of it only when it next writes."""
        old, person = self._group_of(bot, wanted), self.person(wanted)
        new = self._platform.add_group(bot, old.title, is_super=True)
        old.state, old.moved_to = "migrated", new.id
        found = {"chat_id": new.id, "update_id": 0}
        if wanted.get("silent") is not True:
            self._post(bot, old, person, {"migrate_to_chat_id": new.id}, {})
            found = self._post(bot, new, person, {"migrate_from_chat_id": old.id}, {})
        return {**found, "chat_id": new.id}

    def connect(self, bot: Bot, wanted: Fields) -> Fields:
        """A business account lets the bot answer for it, or (`business` given) changes that."""
        known = self._platform.connections.get(str(wanted.get("business") or ""))
        if known is None:
            known = Connection(f"biz{self._platform.number('connection')}", bot.id, self.person(wanted), self._world.date(bot))
            self._platform.connections[known.id] = known
        known.can_reply = wanted.get("can_reply", known.can_reply) is True
        known.is_enabled = wanted.get("is_enabled", known.is_enabled) is True
        return {"business": known.id, "update_id": self._world.updates.emit(bot, "business_connection", known.json, chat=None)}

    def owner(self, bot: Bot, wanted: Fields) -> Fields:
        """The business account's owner answers a customer on the phone."""
        connection = self._platform.connections.get(str(wanted.get("business") or ""))
        if connection is None:
            raise BadRequestError("There is no such business connection.")
        chat = self._chat(bot, wanted, self.person(wanted))
        content = content_for("text", wanted, self._world.files, self._platform.random)
        return self._post(bot, chat, connection.owner, {**content, **(wanted.get("overrides") or {})}, wanted)

    def delete(self, bot: Bot, wanted: Fields) -> Fields:
        """Messages of a business account's chat are deleted on the phone. Of other deletions no bot is told."""
        chat, message = self._found(bot, wanted)
        del chat.messages[message["message_id"]]
        if not chat.connection:
            return {"update_id": 0, "chat_id": chat.id}
        payload = {"business_connection_id": chat.connection, "chat": chat.json, "message_ids": [message["message_id"]]}
        return self._told(bot, chat, "deleted_business_messages", payload)

    def raw(self, bot: Bot, wanted: Fields) -> Fields:
        """Any update as it is given: `{"update": {"message": {…}}}`."""
        given = wanted.get("update")
        if not isinstance(given, dict) or len(given) != 1:
            raise BadRequestError("Give one update as an object called update.")
        [(kind, payload)] = given.items()
        chat = payload.get("chat") if isinstance(payload, dict) else None
        line = Chat(int(chat["id"]), "private") if isinstance(chat, dict) and "id" in chat else None
        return {"update_id": self._world.updates.emit(bot, kind, payload, chat=line)}

    def _set_member(self, bot: Bot, chat: Chat, person: Person, old: str, new: str) -> Fields:
        payload = {"chat": chat.json, "from": person.user, "date": self._world.date(bot),
                   "old_chat_member": _member(bot, old), "new_chat_member": _member(bot, new)}  # fmt: skip
        return {**self._told(bot, chat, "my_chat_member", payload), "from_id": person.id}

    def _told(self, bot: Bot, chat: Chat, kind: str, payload: Any) -> Fields:
        return {"update_id": self._world.updates.emit(bot, kind, payload, chat=chat), "chat_id": chat.id}

    def _group_of(self, bot: Bot, wanted: Fields) -> Chat:
        found = self._platform.chat(bot, int(wanted.get("chat") or 0))
        if found is None or found.person is not None:
            raise BadRequestError("There is no such group.")
        return found

    def _found(self, bot: Bot, wanted: Fields) -> tuple[Chat, Fields]:
        chat = self._chat(bot, wanted, self.person(wanted))
        message = chat.messages.get(int(wanted.get("message_id") or 0))
        if message is None:
            raise BadRequestError("There is no such message in this chat.")
        return chat, message


def _bare(message: Fields) -> Fields:
    """A message as an update shows it: no message in the message it answers, nothing that only we keep."""
    hidden = ("reaction", "bot_reaction")
    shown = {name: value for name, value in message.items() if name not in hidden}
    if "reply_to_message" in shown:
        shown["reply_to_message"] = {
            name: value for name, value in shown["reply_to_message"].items() if name not in (*hidden, "reply_to_message")
        }
    return shown


def _member(bot: Bot, status: str) -> Fields:
    return {"user": bot.user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


_ACTS: dict[str, Callable[[Customers, Bot, Fields], Fields]] = {
    "album": Customers.album,
    "edit": Customers.edit,
    "react": Customers.react,
    "press": Customers.press,
    "block": Customers.block,
    "unblock": Customers.unblock,
    "group": Customers.group,
    "kick": Customers.kick,
    "migrate": Customers.migrate,
    "business_connect": Customers.connect,
    "business_owner": Customers.owner,
    "delete": Customers.delete,
    "raw": Customers.raw,
}
