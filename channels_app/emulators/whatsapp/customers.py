"""What customers do on their phones, and the business on its own, as webhooks for the apps."""

from collections.abc import Callable
from typing import Any

from channels_app.emulators.web import BadRequestError
from channels_app.emulators.whatsapp.contents import Contents
from channels_app.emulators.whatsapp.numbers import Numbers
from channels_app.emulators.whatsapp.receipts import Receipts
from channels_app.emulators.whatsapp.state import Chat, Customer, Fields, Message, Number
from channels_app.emulators.whatsapp.world import World

_FACTS = ("name", "username", "parent_id", "mode", "is_online", "reads", "has_account", "has_stopped_offers", "has_blocked")
#: The advertisement from which somebody comes.
AD = {
    "source_url": "https://fb.me/ad7",
    "source_id": "120200000007",
    "source_type": "ad",
    "headline": "Bowls for winter",
    "body": "Made by hand",
    "media_type": "image",
    "image_url": "https://example.com/bowl.jpg",
    "ctwa_clid": "ARAkLkA8rmlF",
}


class Customers:
    """Does what a request to `/_ctl/whatsapp/inbound` asks for."""

    def __init__(self, world: World, numbers: Numbers, contents: Contents, receipts: Receipts) -> None:
        self._world = world
        self._numbers = numbers
        self._contents = contents
        self._receipts = receipts

    def act(self, wanted: Fields) -> Fields:
        """Do one thing and tell its event, message and customer. Raises BadRequestError."""
        number = self._numbers.named(str(wanted.get("number") or ""))
        kind = str(wanted.get("kind") or "text")
        do = _ACTS.get(kind)
        return do(self, number, wanted) if do else self.write(number, wanted)

    def customer(self, wanted: Fields) -> Customer:
        """The customer of a request, by `from`: a telephone number or id, or facts of a person."""
        given = wanted.get("from")
        facts: Fields = dict(given) if isinstance(given, dict) else {}
        value = str(facts.get("phone") or facts.get("user_id") or (given if isinstance(given, int | str) else "")).lstrip("+")
        platform = self._world.graph.platform
        phone = value if value.isdecimal() else str(facts.get("phone") or "")
        known = self._world.business.customer(value) if value else None
        if known is None:
            phone = phone or f"4670{platform.number('customer') % 10**7:07d}"
            scoped = str(facts.get("user_id") or (value if "." in value else f"SE.{10**15 + platform.number('person')}"))
            known = Customer(phone, scoped, str(facts.get("name") or f"Customer {phone[-4:]}"))
            self._world.business.customers.append(known)
        for name in _FACTS:
            if name in facts:
                setattr(known, name, facts[name])
        return known

    def write(self, number: Number, wanted: Fields) -> Fields:
        customer = self.customer(wanted)
        chat = self._world.business.chat(number, customer)
        content = self._contents.make(number, str(wanted.get("kind") or "text"), wanted)
        message = self._keep(chat, content, wanted)
        chat.written_at = message.at
        told = {**self._head(number, customer, message), **content, **self._context(number, chat, message, wanted)}
        told |= wanted.get("overrides") or {}
        value: Fields = {"contacts": [self._world.contact(customer)], "messages": [told]}
        if wanted.get("kind") == "missing":
            value["errors"] = [
                {"code": 131000, "title": "Something went wrong", "error_data": {"details": "Message content is missing."}}
            ]
        event = self._world.tell(number, value, line=customer.line)
        return self._answer(event, number, customer, message)

    def album(self, number: Number, wanted: Fields) -> Fields:
        """Several pictures at once. WhatsApp tells of each by itself, and nothing of their being one album."""
        found: Fields = {}
        for place in range(int(wanted.get("count") or 3)):
            found = self.write(number, {**wanted, "kind": "photo", **({} if place == 0 else {"caption": "", "text": ""})})
        return found

    def edit(self, number: Number, wanted: Fields) -> Fields:
        customer, chat, message = self._found(number, wanted)
        name = "body" if message.type == "text" else "caption"
        content = dict(message.content) | {name: str(wanted.get("text") or "")}
        message.content, message.is_edited = content, True
        return self._tell_act(number, customer, chat, "edit", {
            "original_message_id": message.id, "message": {"context": {}, "type": message.type, message.type: content},
        })  # fmt: skip

    def revoke(self, number: Number, wanted: Fields) -> Fields:
        customer, chat, message = self._found(number, wanted)
        message.is_deleted, message.content = True, {}
        return self._tell_act(number, customer, chat, "revoke", {"original_message_id": message.id})

    def react(self, number: Number, wanted: Fields) -> Fields:
        """React with `emoji`; an empty one takes it back, `form` "missing" without the key as some apps do."""
        customer, chat, message = self._found(number, wanted)
        emoji = str(wanted.get("emoji", "👍"))
        message.reactions["customer"] = emoji
        said: Fields = {"message_id": message.id, "emoji": emoji}
        if not emoji and wanted.get("form") == "missing":
            del said["emoji"]
        return self._tell_act(number, customer, chat, "reaction", said)

    def change_number(self, number: Number, wanted: Fields) -> Fields:
        """The customer has another number, and with it another id."""
        customer = self.customer(wanted)
        chat = self._world.business.chat(number, customer)
        old = self._world.author(customer)
        customer.phone = str(wanted.get("phone") or f"4671{self._world.graph.platform.number('customer') % 10**7:07d}")
        before, customer.user_id = customer.user_id, f"SE.{10**15 + self._world.graph.platform.number('person')}"
        system: Fields = {"body": f"{customer.name} changed numbers", "type": "user_changed_number"}
        if customer.mode != "id":
            system["wa_id"] = customer.phone
        if customer.mode != "phone":
            system["user_id"] = customer.user_id
        event = self._system(number, old, system, line=customer.line)
        if customer.mode != "phone" and wanted.get("tells_id", True) is True:
            update = {"user_id": {"previous": before, "current": customer.user_id}, "timestamp": int(self._world.now())}
            value = {"contacts": [self._world.contact(customer)], "user_id_update": [update]}
            self._world.tell(number, value, field="user_id_update", line=customer.line)
        return {"event": event, "customer": customer.user_id, "phone": customer.phone, "chat": len(chat.messages)}

    def identity(self, number: Number, wanted: Fields) -> Fields:
        """The customer's keys changed, as with a new phone."""
        customer = self.customer(wanted)
        system = {"body": "The identity changed", "type": "customer_identity_changed"}
        return {"event": self._system(number, self._world.author(customer), system, line=customer.line)}

    def group(self, number: Number, wanted: Fields) -> Fields:
        """Somebody writes in a group that the number is in."""
        customer = self.customer(wanted)
        text = {
            "type": "text",
            "text": {"body": str(wanted.get("text") or "Hello group")},
            "group_id": str(wanted.get("group") or "Y2FwaV9ncm91cA"),
        }
        message = {**self._world.author(customer), "id": self._world.message_id(), "timestamp": self._world.stamp(number), **text}
        return {
            "event": self._world.tell(number, {"contacts": [self._world.contact(customer)], "messages": [message]}, line="group")
        }

    def prefer(self, number: Number, wanted: Fields) -> Fields:
        """The customer stops offers and news, or wants them again (`value` resume)."""
        customer, value = self.customer(wanted), str(wanted.get("value") or "stop")
        customer.has_stopped_offers = value == "stop"
        said = {name: one for name, one in self._world.contact(customer).items() if name != "profile"}
        told = {
            **said,
            "detail": "User requested",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self._world.now()),
        }
        value_told: Fields = {"contacts": [self._world.contact(customer)], "user_preferences": [told]}
        return {"event": self._world.tell(number, value_told, field="user_preferences", line=customer.line)}

    def read(self, number: Number, wanted: Fields) -> Fields:
        """The customer opens the chat."""
        chat = self._world.business.chat(number, self.customer(wanted))
        return {"read": self._receipts.open(number, chat)}

    def online(self, number: Number, wanted: Fields) -> Fields:
        """The customer's phone goes away, or comes back and gets what waited."""
        customer = self.customer(wanted)
        customer.is_online = wanted.get("is_online", True) is True
        if customer.is_online:
            self._receipts.come_online(number, self._world.business.chat(number, customer))
        return {"is_online": customer.is_online}

    def raw(self, number: Number, wanted: Fields) -> Fields:
        """Any change as it is given: `{"field": "messages", "value": {…}}`; of the number where metadata is wanted."""
        value = wanted.get("value")
        if not isinstance(value, dict):
            raise BadRequestError("Give the value of a change as an object.")
        field = str(wanted.get("field") or "messages")
        if wanted.get("of_account") is True:
            return {"event": self._world.tell_account(number.account.id, value, field=field, faults_of=number.id)}
        return {"event": self._world.tell(number, value, field=field)}

    def _head(self, number: Number, customer: Customer, message: Message) -> Fields:
        return {**self._world.author(customer), "id": message.id, "timestamp": self._world.stamp(number)}

    def _context(self, number: Number, chat: Chat, message: Message, wanted: Fields) -> Fields:
        context: Fields = {}
        replied = chat.messages.get(message.reply_to)
        if replied is not None:
            context = {"from": number.phone if replied.is_ours else chat.customer.phone, "id": replied.id}
        if wanted.get("forwarded"):
            context["frequently_forwarded" if wanted["forwarded"] == "often" else "forwarded"] = True
        if isinstance(wanted.get("product"), str):
            context["referred_product"] = {"catalog_id": "777", "product_retailer_id": wanted["product"]}
        referral = {"referral": AD if wanted.get("referral") is True else wanted["referral"]} if wanted.get("referral") else {}
        return {**({"context": context} if context else {}), **referral}

    def _keep(self, chat: Chat, content: Fields, wanted: Fields) -> Message:
        kind = str(content["type"])
        said: Any = content.get(kind, {})
        message = Message(
            self._world.message_id(), False, kind, said if isinstance(said, dict) else {"contacts": said}, self._world.now(),
            reply_to=str(wanted.get("reply_to") or ""),
        )  # fmt: skip
        chat.messages[message.id] = message
        return message

    def _tell_act(self, number: Number, customer: Customer, chat: Chat, kind: str, said: Fields) -> Fields:
        """An act is a message of its own, and opens the window as any message does."""
        chat.written_at = self._world.now()
        act = Message(self._world.message_id(), False, kind, said, self._world.now())
        told = {**self._head(number, customer, act), "type": kind, kind: said}
        value = {"contacts": [self._world.contact(customer)], "messages": [told]}
        return self._answer(self._world.tell(number, value, line=customer.line), number, customer, act)

    def _system(self, number: Number, author: Fields, system: Fields, *, line: str) -> int:
        """News of a person: it comes without their contact."""
        message = {
            **author,
            "id": self._world.message_id(),
            "timestamp": self._world.stamp(number),
            "type": "system",
            "system": system,
        }
        return self._world.tell(number, {"messages": [message]}, line=line)

    def _answer(self, event: int, number: Number, customer: Customer, message: Message) -> Fields:
        return {"event": event, "message": message.id, "number": number.id, "phone": customer.phone, "customer": customer.user_id}

    def _found(self, number: Number, wanted: Fields) -> tuple[Customer, Chat, Message]:
        customer = self.customer(wanted)
        chat = self._world.business.chat(number, customer)
        message = chat.messages.get(str(wanted.get("message") or ""))
        if message is None:
            raise BadRequestError("There is no such message in this chat.")
        return customer, chat, message


_ACTS: dict[str, Callable[[Customers, Number, Fields], Fields]] = {
    "album": Customers.album,
    "edit": Customers.edit,
    "revoke": Customers.revoke,
    "delete": Customers.revoke,
    "react": Customers.react,
    "change_number": Customers.change_number,
    "identity": Customers.identity,
    "group": Customers.group,
    "preference": Customers.prefer,
    "read": Customers.read,
    "online": Customers.online,
    "raw": Customers.raw,
}
