"""What the parts of pages and Instagram accounts work with, and how an event leaves for the webhooks."""

from dataclasses import dataclass, field

from channels_app.emulators.graph.messaging.state import Account, Business, Chat, Fields, File, Message
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.web import BadRequestError

#: The field of a page's webhook under which each kind of event comes, and of an Instagram account's.
_PAGE_FIELDS = {"message": "messages", "echo": "message_echoes", "message_edit": "message_edits",
                "reaction": "message_reactions", "delivery": "message_deliveries", "read": "message_reads",
                "postback": "messaging_postbacks", "referral": "messaging_referrals", "optin": "messaging_optins",
                "policy_enforcement": "messaging_policy_enforcement", "account_linking": "messaging_account_linking",
                "pass_thread_control": "messaging_handovers"}  # fmt: skip
_INSTAGRAM_FIELDS = {"message": "messages", "echo": "messages", "message_edit": "message_edit", "reaction": "message_reactions",
                     "read": "messaging_seen", "postback": "messaging_postbacks", "referral": "messaging_referral",
                     "pass_thread_control": "messaging_handover"}  # fmt: skip
_TYPES = {"image": "image", "video": "video", "audio": "audio", "document": "file", "sticker": "sticker"}


@dataclass(slots=True)
class World:
    """The state, the Graph API it lives in, and the host by which the emulator was last asked for."""

    graph: Graph
    business: Business = field(default_factory=Business)
    host: str = "127.0.0.1"

    def now(self) -> float:
        return self.graph.clock.now()

    def message_id(self, account: Account) -> str:
        """An id as the platform makes them."""
        platform = self.graph.platform
        prefix = "m_" if account.is_page else "aWdfZAG1faXRlbToxOk"
        return f"{prefix}{platform.letters(32)}{platform.number('message')}"

    def add_file(self, account: Account, name: str, content_type: str, content: bytes, *, life: float = 0.0) -> File:
        """Keep a file; its address ends when the account's links do, or after so many seconds."""
        key = self.graph.platform.letters(32)
        ends_at = self.now() + (life or account.graph.platform.faults_of(account.id).media_ttl_s)
        self.business.files[key] = File(key, account.id, name, content_type, content, ends_at)
        return self.business.files[key]

    def url_of(self, file: File) -> str:
        """The address from which anybody gets a file, while it is good."""
        return f"http://{self.host}/graph-cdn/{file.key}/{file.name}"

    def attachment(self, message: Message, **more: object) -> list[Fields]:
        """A message's file as a webhook tells it."""
        file = self.business.files.get(message.file)
        if file is None:
            return []
        return [{"type": _TYPES[message.type], "payload": {"url": self.url_of(file), **more}}]

    def tell(self, account: Account, chat: Chat, kind: str, *, by_account: bool = False, **said: object) -> int:
        """Tell the apps something between an account and a person; the event's number. Raises BadRequestError."""
        sides = [{"id": account.id}, {"id": chat.person.id}]
        sender, recipient = sides if by_account else reversed(sides)
        stamp = int(self.now() * 1000) + account.graph.platform.faults_of(account.id).clock_skew_s * 1000
        event: Fields = {"sender": sender, "recipient": recipient, "timestamp": stamp, **said}
        fields = _PAGE_FIELDS if account.is_page else _INSTAGRAM_FIELDS
        if kind not in fields:
            raise BadRequestError("This channel tells nothing of that.")
        name = "standby" if chat.is_standby else "messaging"
        return self.emit(account, {name: [event]}, "standby" if chat.is_standby else fields[kind], chat.person.id)

    def change(self, account: Account, field_: str, value: Fields, person: str = "") -> int:
        """Tell the apps of a change: a comment, or anything else that is no message."""
        return self.emit(account, {"changes": [{"field": field_, "value": value}]}, field_, person)

    def emit(self, account: Account, said: Fields, field_: str, line: str) -> int:
        """Tell the apps an entry of an account."""
        entry: Fields = {"id": account.id, "time": int(self.now() * 1000), **said}
        # What is told of an Instagram account is the app's to choose: its page's subscription names Messenger's fields.
        return account.graph.hooks.emit(
            account.node, account.about, field_, entry, account=account.id, line=line, by_app=bool(account.page)
        )
