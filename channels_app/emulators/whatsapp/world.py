"""What the parts of WhatsApp work with, and how an event leaves for the webhooks."""

from dataclasses import dataclass
from typing import Any

from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.whatsapp.state import Business, Customer, Fields, Message, Number

OBJECT = "whatsapp_business_account"


@dataclass(slots=True)
class World:
    """The state, the Graph API it lives in, and the clock."""

    graph: Graph
    business: Business

    def now(self) -> float:
        return self.graph.clock.now()

    def stamp(self, number: Number) -> str:
        """The present as the platform tells it of a number: a text of seconds."""
        return str(int(self.now()) + self.graph.platform.faults_of(number.id).clock_skew_s)

    def message_id(self) -> str:
        """An id as the platform makes them."""
        return f"wamid.HBgM{self.graph.platform.letters(24)}{self.graph.platform.number('message')}AA=="

    def tell(self, number: Number, value: Fields, *, field: str = "messages", line: str = "") -> int:
        """Tell the apps something of a number; the event's number."""
        metadata = {"display_phone_number": number.phone, "phone_number_id": number.id}
        full = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        return self._emit(number.account.id, full, field, number.id, line, number)

    def tell_account(self, account_id: str, value: Fields, *, field: str, faults_of: str = "") -> int:
        """Tell the apps something of a whole business account."""
        return self._emit(account_id, value, field, faults_of or account_id, "", None)

    def _emit(self, account_id: str, value: Fields, field: str, faults_of: str, line: str, number: Number | None) -> int:
        entry: Fields = {"id": account_id, "changes": [{"value": value, "field": field}]}
        if field not in ("messages", "smb_message_echoes", "history"):
            entry["time"] = int(self.now())
        webhook = number.webhook if number else None
        return self.graph.hooks.emit(account_id, OBJECT, field, entry, account=faults_of, line=line, webhook=webhook)

    def contact(self, customer: Customer) -> Fields:
        """A customer as a webhook tells them: only what the business may see."""
        profile = {"name": customer.name, **({"username": customer.username} if customer.username else {})}
        found: Fields = {"profile": profile, **self._values(customer, "wa_id", "user_id", "parent_user_id")}
        return found

    def author(self, customer: Customer, prefix: str = "from") -> Fields:
        """The values of a customer under the names that a message uses."""
        return self._values(customer, prefix, f"{prefix}_user_id", f"{prefix}_parent_user_id")

    def recipient(self, customer: Customer) -> Fields:
        """The values of a customer under the names that a status uses."""
        return self._values(customer, "recipient_id", "recipient_user_id", "recipient_parent_user_id")

    def _values(self, customer: Customer, phone: str, scoped: str, parent: str) -> Fields:
        shown = {"both": customer.phone, "phone": customer.phone, "id": "", "id_for_phone": customer.user_id}[customer.mode]
        scoped_id = "" if customer.mode == "phone" else customer.user_id
        parent_id = "" if customer.mode == "phone" else customer.parent_id
        return {name: value for name, value in {phone: shown, scoped: scoped_id, parent: parent_id}.items() if value}

    def status(self, number: Number, customer: Customer, message: Message, status: str, **more: Any) -> int:
        """Tell what became of a message of the business."""
        told: Fields = {"id": message.id, "status": status, "timestamp": self.stamp(number), **self.recipient(customer)}
        if message.callback:
            told["biz_opaque_callback_data"] = message.callback
        if status != "failed":
            told["pricing"] = {"billable": message.category != "service", "pricing_model": "PMP", "category": message.category}
        value: Fields = {"contacts": [self.contact(customer)], "statuses": [{**told, **more}]}
        return self.tell(number, value, line=customer.line)
