"""What customers of each channel send, as its platform posts and signs it. One class for a channel; `LINES` lists them."""

import base64
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import NAMESPACE_OID, UUID, uuid5

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from channels_app.adapters.telegram.connecting import secret_of
from channels_app.adapters.website import tokens
from channels_app.emulators.graph.signing import body_of, signature
from channels_app.emulators.twilio.hooks import signed
from channels_app.emulators.twilio.state import Account
from channels_app.registry import adapter_of, config_of
from conversations.models import Inbox
from tests.channels_app.email.builders import make_mail
from tests.channels_app.email.providers import basic, multipart, public_text, sendgrid_key
from tests.emulators.running import TOKEN, Running
from tests.harness.stack import Stack

#: What customers did in the drill happened from now on, a second after the other.
BEGIN = int(time.time())


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: its body, and the headers that prove it."""

    body: bytes
    headers: dict[str, str]


class Line(ABC):
    """An inbox of a channel and its customers, who are numbers. The same arguments make the same event."""

    channel: ClassVar[str]
    #: How many of a hundred events are the channel's.
    share: ClassVar[int]
    #: Whether customers can change what they said, and react to it.
    edits: ClassVar[bool] = False
    reacts: ClassVar[bool] = False

    def __init__(self, emulator: Running, stack: Stack) -> None:
        self.emulator, self.stack = emulator, stack
        self.inbox = Inbox(name=self.channel, channel=self.channel, settings=adapter_of(self.channel).new_settings(self.given()))

    @property
    def url(self) -> str:
        """Where the channel's webhooks go."""
        return f"{self.stack.edge_url}/hooks/{self.channel}/{self.inbox.key}"

    @abstractmethod
    def given(self) -> dict[str, Any]:
        """What a person sets for the inbox, after an account was made at the platform."""

    @abstractmethod
    def say(self, customer: int, place: int, text: str) -> Hook:
        """A customer's message; `place` counts what they do."""

    def edit(self, customer: int, place: int, of: int, text: str) -> Hook:
        """A customer changes the message of a place."""
        raise NotImplementedError

    def react(self, customer: int, place: int, to: int) -> Hook:
        """A customer reacts to the message of a place."""
        raise NotImplementedError

    def introduce(self, customer: int, text: str) -> Hook | None:
        """A customer's first message, so that the platform knows them. None: the platform itself posts it."""
        return self.say(customer, 0, text)

    def taken(self) -> Sequence[str] | None:
        """The texts that the platform took of us; None where there is no platform."""
        return None


class Website(Line):
    channel, share = "website", 26

    def given(self) -> dict[str, Any]:
        self._visitors: dict[int, str] = {}
        return {"allowed_origins": [self.stack.web_url]}

    def say(self, customer: int, place: int, text: str) -> Hook:
        if customer not in self._visitors:
            self._visitors[customer] = tokens.make_token(self.inbox.key, tokens.new_visitor(self.stack.web_url))
        body = {"t": "message", "id": str(_uuid(customer, place)), "text": text}
        return Hook(orjson.dumps(body), {"authorization": f"Bearer {self._visitors[customer]}"})


class Mail(Line):
    """By SendGrid, which signs the whole request and has asked DNS itself."""

    channel, share = "email", 4
    address, password = "help@shop.example", "a password"

    def given(self) -> dict[str, Any]:
        self.emulator.control("mail/mailboxes", address=self.address, password=self.password)
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": self.emulator.control("mail/servers")["smtp"], "smtp_security": "plain"}
        sender = {"address": self.address, "user": self.address, "password": self.password}
        return {**sender, **smtp, "receive": "sendgrid", "sendgrid_public_key": public_text(sendgrid_key())}

    def say(self, customer: int, place: int, text: str) -> Hook:
        at = f"customer{customer}.example"
        answers = [f"References: <0@{at}>"] if place else []
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(BEGIN + place))
        mail = make_mail(*answers, From=f"Zoe {customer} <zoe@{at}>", Date=date, Message_ID=f"<{place}@{at}>", body=text)
        envelope = orjson.dumps({"to": [self.address], "from": f"zoe@{at}"})
        body, kind = multipart({"email": mail, "envelope": envelope, "dkim": f"{{@{at} : pass}}".encode()})
        timestamp = str(int(time.time()))
        proof = sendgrid_key().sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
        signature_headers = {
            "x-twilio-email-event-webhook-timestamp": timestamp,
            "x-twilio-email-event-webhook-signature": base64.b64encode(proof).decode(),
        }
        return Hook(body, {**basic(config_of(self.inbox)), "content-type": kind, **signature_headers})

    def taken(self) -> Sequence[str]:
        return [one["raw"] for one in self.emulator.read("mail/outbox")]


class Telegram(Line):
    channel, share, edits, reacts = "telegram", 20, True, True

    def given(self) -> dict[str, Any]:
        self.emulator.control("telegram/bots", token=TOKEN, username="shop_bot", first_name="Terra & Glaze")
        return {"token": TOKEN, "groups": "mentions"}

    def introduce(self, customer: int, text: str) -> None:
        self.emulator.customer(by={"id": 5000 + customer, "first_name": f"Zoe {customer}"}, text=text)

    def say(self, customer: int, place: int, text: str) -> Hook:
        return self._update(customer, place, "message", self._message(customer, place, text))

    def edit(self, customer: int, place: int, of: int, text: str) -> Hook:
        changed = {**self._message(customer, of, text), "edit_date": BEGIN + place}
        return self._update(customer, place, "edited_message", changed)

    def react(self, customer: int, place: int, to: int) -> Hook:
        user, chat = self._person(customer)
        new = [{"type": "emoji", "emoji": "👍"}]
        head = {"chat": chat, "user": user, "message_id": 10_000 + to, "date": BEGIN + place}
        return self._update(customer, place, "message_reaction", {**head, "old_reaction": [], "new_reaction": new})

    def taken(self) -> Sequence[str]:
        return [str(one["params"]["text"]) for one in self.emulator.outbox("sendMessage") if one["status"] == 200]

    def _person(self, customer: int) -> tuple[dict[str, Any], dict[str, Any]]:
        facts = {"id": 5000 + customer, "first_name": f"Zoe {customer}"}
        return {**facts, "is_bot": False}, {**facts, "type": "private"}

    def _message(self, customer: int, place: int, text: str) -> dict[str, Any]:
        user, chat = self._person(customer)
        return {"message_id": 10_000 + place, "from": user, "chat": chat, "date": BEGIN + place, "text": text}

    def _update(self, customer: int, place: int, kind: str, payload: dict[str, Any]) -> Hook:
        body = orjson.dumps({"update_id": 10**8 + customer * 10_000 + place, kind: payload})
        proof = {"x-telegram-bot-api-secret-token": secret_of(config_of(self.inbox))}
        return Hook(body, {"content-type": "application/json", **proof})


class WhatsApp(Line):
    channel, share, edits, reacts = "whatsapp", 20, True, True

    def given(self) -> dict[str, Any]:
        made = self.emulator.control("whatsapp/numbers", id="100000000001001", waba="200000000001001")
        self._number, self._account, self._secret = made["number"], made["waba"], made["app_secret"]
        own = {"phone_number_id": self._number, "waba_id": self._account, "token": made["token"], "pin": ""}
        return {**own, "app_secret": self._secret}

    def introduce(self, customer: int, text: str) -> None:
        person = {"phone": _phone(customer), "user_id": f"SE.{customer}", "name": f"Zoe {customer}"}
        self.emulator.control("whatsapp/inbound", **{"kind": "text", "from": person, "text": text})

    def say(self, customer: int, place: int, text: str) -> Hook:
        return self._posted(customer, place, "text", {"body": text})

    def edit(self, customer: int, place: int, of: int, text: str) -> Hook:
        changed = {"context": {}, "type": "text", "text": {"body": text}}
        return self._posted(customer, place, "edit", {"original_message_id": self._id(customer, of), "message": changed})

    def react(self, customer: int, place: int, to: int) -> Hook:
        return self._posted(customer, place, "reaction", {"message_id": self._id(customer, to), "emoji": "👍"})

    def taken(self) -> Sequence[str]:
        outbox = self.emulator.read("whatsapp/outbox")
        return [one["body"]["text"]["body"] for one in outbox if one["status"] == 200 and one["body"].get("type") == "text"]

    def _id(self, customer: int, place: int) -> str:
        return f"wamid.{customer}.{place}"

    def _posted(self, customer: int, place: int, kind: str, content: dict[str, Any]) -> Hook:
        phone, user = _phone(customer), f"SE.{customer}"
        head = {"from": phone, "from_user_id": user, "id": self._id(customer, place), "timestamp": str(BEGIN + place)}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "351210001001", "phone_number_id": self._number},
            "contacts": [{"profile": {"name": f"Zoe {customer}"}, "wa_id": phone, "user_id": user}],
            "messages": [{**head, "type": kind, kind: content}],
        }
        entry = {"id": self._account, "changes": [{"field": "messages", "value": value}]}
        body = body_of({"object": "whatsapp_business_account", "entry": [entry]})
        return Hook(body, {"content-type": "application/json", "x-hub-signature-256": signature(self._secret, body)})


class Sms(Line):
    channel, share = "sms", 10
    sid, number = f"AC{'7' * 32}", "+351210001002"

    def given(self) -> dict[str, Any]:
        self.emulator.control("twilio/accounts", sid=self.sid, auth_token="a token", number=self.number)
        return {"account_sid": self.sid, "auth_token": "a token", "sender": self.number}

    def say(self, customer: int, place: int, text: str) -> Hook:
        form: dict[str, Any] = {
            "MessageSid": f"SM{_uuid(customer, place).hex}", "AccountSid": self.sid, "From": f"+{_phone(customer)}",
            "To": self.number, "Body": text, "SmsStatus": "received", "NumSegments": "1", "NumMedia": "0",
        }  # fmt: skip
        proof = signed(Account(self.sid, "a token", "Shop"), self.url, form)
        return Hook(urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded", **proof})

    def taken(self) -> Sequence[str]:
        return [str(one["form"].get("Body", "")) for one in self.emulator.read("twilio/outbox")]


class Messaging(Line):
    """What pages and Instagram accounts share."""

    about: ClassVar[str]
    account: ClassVar[str]
    share, edits, reacts = 10, True, True

    @abstractmethod
    def made(self) -> dict[str, Any]:
        """The account as it is made at the platform."""

    def given(self) -> dict[str, Any]:
        made = self.emulator.control(f"{self.channel}/accounts", **self.made())
        self._secret = made["app_secret"]
        return {"token": made["token"], "app_secret": self._secret}

    def introduce(self, customer: int, text: str) -> None:
        person = {"id": self._person(customer), "name": f"Zoe {customer}"}
        self.emulator.control(f"{self.channel}/inbound", **{"kind": "text", "from": person, "text": text})

    def say(self, customer: int, place: int, text: str) -> Hook:
        return self._posted(customer, place, "message", {"mid": self._id(customer, place), "text": text})

    def edit(self, customer: int, place: int, of: int, text: str) -> Hook:
        return self._posted(customer, place, "message_edit", {"mid": self._id(customer, of), "text": text, "num_edit": 1})

    def react(self, customer: int, place: int, to: int) -> Hook:
        said = {"mid": self._id(customer, to), "action": "react", "reaction": "other", "emoji": "👍"}
        return self._posted(customer, place, "reaction", said)

    def taken(self) -> Sequence[str]:
        outbox = [one["body"] for one in self.emulator.read(f"{self.channel}/outbox") if one["status"] == 200]
        return [one["message"]["text"] for one in outbox if "text" in one.get("message", {})]

    def _person(self, customer: int) -> str:
        return str(7 * 10**15 + customer)

    def _id(self, customer: int, place: int) -> str:
        return f"m_{self.channel}.{customer}.{place}"

    def _posted(self, customer: int, place: int, kind: str, said: dict[str, Any]) -> Hook:
        at = (BEGIN + place) * 1000
        head = {"sender": {"id": self._person(customer)}, "recipient": {"id": self.account}, "timestamp": at}
        entry = {"id": self.account, "time": at, "messaging": [{**head, kind: said}]}
        body = body_of({"object": self.about, "entry": [entry]})
        return Hook(body, {"content-type": "application/json", "x-hub-signature-256": signature(self._secret, body)})


class Messenger(Messaging):
    channel, about, account = "messenger", "page", "300000000001001"

    def made(self) -> dict[str, Any]:
        return {"id": self.account}


class Instagram(Messaging):
    """An account that is linked to a page."""

    channel, about, account = "instagram", "instagram", "400000000001001"

    def made(self) -> dict[str, Any]:
        return {"id": self.account, "page": "300000000001002"}


#: Every channel of the drill.
LINES: Sequence[Callable[[Running, Stack], Line]] = (Website, Mail, Telegram, WhatsApp, Sms, Messenger, Instagram)


def _uuid(customer: int, place: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"{customer}/{place}")


def _phone(customer: int) -> str:
    return f"46700{customer:06d}"
