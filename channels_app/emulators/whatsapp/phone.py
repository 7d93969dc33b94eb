"""What the business does on its own phone (coexistence): echoes, the past, the address book."""

from collections.abc import Callable

from channels_app.emulators.web import BadRequestError
from channels_app.emulators.whatsapp.contents import Contents
from channels_app.emulators.whatsapp.customers import Customers
from channels_app.emulators.whatsapp.numbers import Numbers
from channels_app.emulators.whatsapp.state import Fields, Message, Number
from channels_app.emulators.whatsapp.world import World


class BusinessPhone:
    """Does what a request to `/_ctl/whatsapp/phone` asks for."""

    def __init__(self, world: World, numbers: Numbers, customers: Customers, contents: Contents) -> None:
        self._world = world
        self._numbers = numbers
        self._customers = customers
        self._contents = contents

    def act(self, wanted: Fields) -> Fields:
        """Do one thing. Raises BadRequestError."""
        number = self._numbers.named(str(wanted.get("number") or ""))
        do = _ACTS.get(str(wanted.get("kind") or "text"), BusinessPhone.write)
        return do(self, number, wanted)

    def write(self, number: Number, wanted: Fields) -> Fields:
        """Somebody of the business writes on the phone."""
        customer = self._customers.customer(wanted)
        chat = self._world.business.chat(number, customer)
        content = self._contents.make(number, str(wanted.get("kind") or "text"), wanted)
        kind = str(content["type"])
        message = Message(self._world.message_id(), True, kind, content.get(kind, {}), self._world.now(), tick="delivered")
        chat.messages[message.id] = message
        return self._echo(number, wanted, message, content)

    def edit(self, number: Number, wanted: Fields) -> Fields:
        message = self._found(number, wanted)
        content = dict(message.content) | {"body" if message.type == "text" else "caption": str(wanted.get("text") or "")}
        message.content, message.is_edited = content, True
        changed = {"type": message.type, message.type: content}
        said = {"type": "edit", "edit": {"original_message_id": message.id, "message": changed}}
        return self._echo(number, wanted, self._act_of(), said)

    def revoke(self, number: Number, wanted: Fields) -> Fields:
        message = self._found(number, wanted)
        message.is_deleted, message.content = True, {}
        return self._echo(number, wanted, self._act_of(), {"type": "revoke", "revoke": {"original_message_id": message.id}})

    def history(self, number: Number, wanted: Fields) -> Fields:
        """The past of a chat in one webhook: `count` messages by turns, files as placeholders that follow or not."""
        customer, now = self._customers.customer(wanted), int(self._world.now())
        days, count = int(wanted.get("days") or 3), int(wanted.get("count") or 4)
        messages = []
        for place in range(count):
            who = {"from": number.phone, "to": customer.phone} if place % 2 else {"from": customer.phone}
            at = now - days * 24 * 3600 + place * 60
            content: Fields = {"type": "text", "text": {"body": f"Past {place}"}}
            if place == count - 1 and wanted.get("has_file") is True:
                content = {"type": "media_placeholder"}
            messages.append(
                {**who, "id": self._world.message_id(), "timestamp": str(at), **content, "history_context": {"status": "READ"}}
            )
        facts = {"phase": 0, "chunk_order": 1, "progress": int(wanted.get("progress") or 100)}
        thread: Fields = {"id": customer.phone, "messages": messages}
        if customer.mode != "phone":
            thread |= {"context": {"user_id": customer.user_id, "wa_id": customer.phone}}
        event = self._world.tell(
            number, {"history": [{"metadata": facts, "threads": [thread]}]}, field="history", line=customer.line
        )
        found = {"event": event, "messages": [one["id"] for one in messages]}
        if wanted.get("has_file") is True:
            photo = self._contents.make(number, "photo", {})
            late = {**{name: value for name, value in messages[-1].items() if name != "type"}, **photo}
            value = {"contacts": [self._world.contact(customer)], "messages": [late]}
            self._world.tell(number, value, field="history", line=customer.line)
        return found

    def address_book(self, number: Number, wanted: Fields) -> Fields:
        """The phone's address book, which holds people who never wrote."""
        person = {"full_name": "Somebody Private", "first_name": "Somebody", "phone_number": "351911111111"}
        state = [{"type": "contact", "contact": person, "action": "add", "metadata": {"timestamp": self._world.stamp(number)}}]
        return {"event": self._world.tell(number, {"state_sync": state}, field="smb_app_state_sync")}

    def _echo(self, number: Number, wanted: Fields, message: Message, content: Fields) -> Fields:
        customer = self._customers.customer(wanted)
        head = {
            "from": number.phone,
            **self._world.author(customer, "to"),
            "id": message.id,
            "timestamp": self._world.stamp(number),
        }
        value = {"contacts": [self._world.contact(customer)], "message_echoes": [{**head, **content}]}
        event = self._world.tell(number, value, field="smb_message_echoes", line=customer.line)
        return {"event": event, "message": message.id}

    def _act_of(self) -> Message:
        return Message(self._world.message_id(), True, "act", {}, self._world.now())

    def _found(self, number: Number, wanted: Fields) -> Message:
        chat = self._world.business.chat(number, self._customers.customer(wanted))
        message = chat.messages.get(str(wanted.get("message") or ""))
        if message is None or not message.is_ours:
            raise BadRequestError("There is no such message in this chat.")
        return message


_ACTS: dict[str, Callable[[BusinessPhone, Number, Fields], Fields]] = {
    "edit": BusinessPhone.edit,
    "revoke": BusinessPhone.revoke,
    "history": BusinessPhone.history,
    "address_book": BusinessPhone.address_book,
}
