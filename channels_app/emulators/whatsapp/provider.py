"""WhatsApp as a part of the emulator: its edges, its customers, and what the control API may do with it."""

from typing import Any

from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.web import BadRequestError, Request, Response
from channels_app.emulators.whatsapp.contents import Contents
from channels_app.emulators.whatsapp.customers import Customers
from channels_app.emulators.whatsapp.media import Files
from channels_app.emulators.whatsapp.messages import Messages
from channels_app.emulators.whatsapp.numbers import Numbers
from channels_app.emulators.whatsapp.phone import BusinessPhone
from channels_app.emulators.whatsapp.receipts import Receipts
from channels_app.emulators.whatsapp.shown import chat_as_seen
from channels_app.emulators.whatsapp.state import Business, Chat, Fields, Message, Number
from channels_app.emulators.whatsapp.templates import Templates
from channels_app.emulators.whatsapp.world import World


class WhatsApp:
    """The provider `whatsapp` of the emulator, inside the Graph API."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.business = Business()
        self.world = World(graph, self.business)
        self.receipts = Receipts(self.world)
        self.files = Files(self.world)
        self.templates = Templates(self.world)
        self.numbers = Numbers(self.world)
        self.messages = Messages(self.world, self.files, self.templates, self.receipts)
        contents = Contents(self.world, self.files)
        self.customers = Customers(self.world, self.numbers, contents, self.receipts)
        self.phone = BusinessPhone(self.world, self.numbers, self.customers, contents)
        graph.on_reset.append(self.reset)

    def handle(self, request: Request) -> Response | None:
        """A file's download; None for another address."""
        return self.files.handle(request)

    @property
    def is_busy(self) -> bool:
        return self.receipts.is_busy

    def next_at(self) -> float | None:
        return self.receipts.next_at()

    def run_due(self) -> None:
        self.receipts.run_due()

    def reset(self) -> None:
        """Forget everything."""
        self.receipts.clear()
        for name, value in vars(Business()).items():
            setattr(self.business, name, value)

    def inbound(self, wanted: Fields) -> Fields:
        """What a customer does."""
        return self.customers.act(wanted)

    def outbox(self, *, to: str = "", connection: str = "") -> list[Fields]:
        """What was posted to numbers, oldest first, right or wrong."""
        return [
            one
            for one in self.business.outbox
            if to in ("", str(one["body"].get("to")), str(one["body"].get("recipient"))) and connection in ("", one["number"])
        ]

    def set_faults(self, wanted: Fields, connection: str) -> None:
        """Give a number its faults; an empty profile ends them. Raises BadRequestError."""
        self.graph.set_faults(wanted, self.numbers.named(connection).id)

    def read(self, what: str, query: dict[str, str]) -> Any:
        """What a page shows: the numbers, their customers, a chat, a file. Raises BadRequestError."""
        if what == "numbers":
            return self.numbers.listed()
        if what == "file":
            media = self.business.media.get(query.get("id", ""))
            if media is None:
                raise BadRequestError("There is no such file.")
            headers = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
            return Response(200, media.content, media.content_type, headers)
        number = self.numbers.named(query.get("number", ""))
        if what == "customers":
            return [
                {"id": one.customer.user_id, "name": one.customer.name, "phone": one.customer.phone}
                for one in number.chats.values()
            ]
        if what == "chat":
            return chat_as_seen(self.world, number, self._chat(number, query.get("customer", "")))
        raise BadRequestError("There is nothing at this address.")

    def change(self, what: str, wanted: Fields) -> Any:
        """What the platform's own people, and the business, do. Raises BadRequestError."""
        if what == "numbers":
            return self.numbers.add(wanted)
        if what == "phone":
            return self.phone.act(wanted)
        number = self.numbers.named(str(wanted.get("number") or ""))
        match what:
            case "templates":
                return self.templates.change(number.account, wanted)
            case "revocations":
                return self.graph.change("revocations", {**wanted, "account": number.id})
            case "statuses":
                return self._force(number, wanted)
            case "media":
                return self._end_media(wanted)
        raise BadRequestError(f"There is nothing called {what}.")

    def _force(self, number: Number, wanted: Fields) -> Fields:
        """Tell any status of a message, in any order: `{"message", "status", "code"}`."""
        for chat in number.chats.values():
            message: Message | None = chat.messages.get(str(wanted.get("message") or ""))
            if message is not None and message.is_ours:
                status, code = str(wanted.get("status") or "read"), int(wanted.get("code") or 0)
                return {"event": self.receipts.force(number, chat, message, status, code)}
        raise BadRequestError("There is no such message.")

    def _end_media(self, wanted: Fields) -> Fields:
        """A file's addresses end now, or with `is_gone` the file itself."""
        media_id = str(wanted.get("id") or "")
        for key in [key for key, (known, _until) in self.business.links.items() if known == media_id]:
            del self.business.links[key]
        if wanted.get("is_gone") is True:
            self.business.media.pop(media_id, None)
        return {}

    def _chat(self, number: Number, name: str) -> Chat:
        customer = self.business.customer(name)
        if customer is None:
            raise BadRequestError("There is no such customer.")
        return self.business.chat(number, customer)
