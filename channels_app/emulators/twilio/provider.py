"""Twilio as a part of the emulator: its API, its customers' phones, and what the control API may do with it."""

from random import Random
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Deliveries
from channels_app.emulators.faults import Faults, faults_from
from channels_app.emulators.made_up import given_bytes, noise, picture
from channels_app.emulators.twilio.api import Api
from channels_app.emulators.twilio.hooks import Hooks
from channels_app.emulators.twilio.sends import Sends, segments_of
from channels_app.emulators.twilio.state import Account, Fields, Media, Message, Platform
from channels_app.emulators.web import BadRequestError, Request, Response

_STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
_START = frozenset({"START", "YES", "UNSTOP"})
_HELP = frozenset({"HELP", "INFO"})


class Twilio:
    """The provider `twilio` of the emulator."""

    def __init__(self, clock: Clock, deliveries: Deliveries, *, seed: int, base_url: str = "http://127.0.0.1") -> None:
        self._clock, self._seed = clock, seed
        self.base_url = base_url
        self.platform = Platform(seed)
        self.hooks = Hooks(clock, deliveries, Random(seed))  # noqa: S311  # the same seed plays the same
        self.sends = Sends(self.platform, clock, self.hooks)
        self.api = Api(self.platform, clock, self.sends)

    def handle(self, request: Request) -> Response | None:
        """The answer to whatever is Twilio's; None for another address."""
        self.base_url = f"http://{request.headers.get('host', '127.0.0.1')}"
        return self.api.handle(request)

    async def close(self) -> None:
        await self.hooks.close()

    @property
    def is_busy(self) -> bool:
        return self.hooks.is_busy

    def next_at(self) -> float | None:
        return self.hooks.next_at()

    def run_due(self) -> None:
        self.hooks.run_due()

    def reset(self) -> None:
        """Forget everything."""
        self.hooks.clear()
        for name, value in vars(Platform(self._seed)).items():
            setattr(self.platform, name, value)

    def inbound(self, wanted: Fields) -> Fields:
        """A customer writes: `{"account", "to", "from", "text", "files": [{"type", "base64"}], "kind": "text"|"photo"}`."""
        account = self._account(str(wanted.get("account") or ""))
        to, sender = str(wanted.get("to") or next(iter(account.numbers), "")), str(wanted["from"])
        text, files = str(wanted.get("text") or ""), self._files(wanted)
        message = Message(
            self.platform.sid("MM" if files else "SM"), sender, to, text, True, "received", self._clock.now(), segments_of(text)
        )
        message.media = files
        account.messages[message.sid] = message
        service = next(iter(account.services), "") if wanted.get("by_service") else ""
        message.service = service
        url = account.services[service] if service else account.numbers.get(to, "")
        if wanted.get("is_unheard") is True:  # the webhook is lost, as in a downtime
            url = ""
        event = self.hooks.tell(account, url, self._form(account, message, dict(wanted.get("overrides") or {})))
        return {"message": message.sid, "event": event}

    def outbox(self, *, to: str = "", connection: str = "") -> list[Fields]:
        """What was sent, oldest first."""
        return [
            one for one in self.platform.outbox if to in ("", str(one["form"].get("To"))) and connection in ("", one["account"])
        ]

    def set_faults(self, wanted: Fields, connection: str) -> None:
        """Give an account its faults; an empty profile ends them. Raises BadRequestError."""
        try:
            self._account(connection).faults = faults_from(wanted) if wanted else Faults()
        except ValueError as error:
            raise BadRequestError(str(error)) from error

    def read(self, what: str, query: dict[str, str]) -> Any:
        """The accounts, their customers, and a chat as the customer's phone shows it. Raises BadRequestError."""
        if what == "accounts":
            return [{"sid": one.sid, "name": one.name, "numbers": list(one.numbers)} for one in self.platform.accounts.values()]
        account = self._account(query.get("account", ""))
        if what == "customers":
            people = [one.sender if one.is_inbound else one.to for one in account.messages.values()]
            return [{"id": one, "name": one, "phone": one} for one in dict.fromkeys(people)]
        if what == "chat":
            customer = query.get("customer", "")
            theirs = [one for one in account.messages.values() if customer in (one.sender, one.to)]
            seen = [one for one in theirs if one.is_inbound or one.status in ("delivered", "read")]
            number = next(iter(account.numbers), "")
            return {
                "number": {"id": account.sid, "name": account.name, "phone": number},
                "customer": {"id": customer, "name": customer, "phone": customer},
                "is_typing": False,
                "messages": [_bubble(one) for one in seen[-100:]],
            }
        if what == "file":
            every = (media for one in account.messages.values() for media in one.media)
            found = next((one for one in every if one.sid == query.get("id")), None)
            if found is not None:
                headers = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
                return Response(200, found.content, found.content_type, headers)
        raise BadRequestError("There is nothing at this address.")

    def change(self, what: str, wanted: Fields) -> Any:
        """What the account's owner, the carriers and Twilio itself do. Raises BadRequestError."""
        if what == "accounts":
            return self._add_account(wanted)
        account = self._account(str(wanted.get("account") or ""))
        match what:
            case "revocations":
                account.is_revoked = wanted.get("is_revoked", True) is True
            case "carriers":  # {"to": number, "code": 30003}: what becomes of messages to a number; 0 ends it
                account.fails_with[str(wanted["to"])] = int(wanted.get("code") or 0)
            case "statuses":
                message = account.messages.get(str(wanted.get("message") or ""))
                if message is None:
                    raise BadRequestError("There is no such message.")
                self.sends.force(account, message, str(wanted.get("status") or "delivered"), int(wanted.get("code") or 0))
            case "signing":
                account.shared_key = str(wanted.get("shared_key") or "")
            case "opt_out":
                account.has_advanced_opt_out = wanted.get("is_advanced", True) is True
            case _:
                raise BadRequestError(f"There is nothing called {what}.")
        return {}

    def kept(self) -> list[Fields]:
        """What outlives a restart: accounts with their numbers and services."""
        names = ("sid", "auth_token", "name", "keys", "numbers", "services", "shared_key")
        return [{name: getattr(one, name) for name in names} for one in self.platform.accounts.values()]

    def restore(self, kept: list[Fields]) -> None:
        """Take up what was kept."""
        for one in kept:
            self.platform.accounts[one["sid"]] = Account(**one)

    def _form(self, account: Account, message: Message, overrides: Fields) -> Fields:
        form: Fields = {
            "ToCountry": "US", "MessageSid": message.sid, "SmsMessageSid": message.sid, "SmsSid": message.sid,
            "AccountSid": account.sid, "From": message.sender, "To": message.to, "Body": message.body, "SmsStatus": "received",
            "NumSegments": str(message.segments), "NumMedia": str(len(message.media)), "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if message.service:
            form["MessagingServiceSid"] = message.service
        for index, one in enumerate(message.media):
            base = f"{self.base_url}/2010-04-01/Accounts/{account.sid}/Messages/{message.sid}/Media/{one.sid}"
            form |= {f"MediaUrl{index}": base, f"MediaContentType{index}": one.content_type}
        if wish := self._wish(account, message):
            form["OptOutType"] = wish
        return {name: str(value) for name, value in {**form, **overrides}.items()}

    def _wish(self, account: Account, message: Message) -> str:
        """Do what a carrier's word asks; Twilio's own name for it where advanced opt-out is on."""
        word, pair = message.body.strip().upper(), (message.sender, message.to)
        if word in _STOP:
            account.opted_out.add(pair)
        elif word in _START:
            account.opted_out.discard(pair)
        wish = "STOP" if word in _STOP else "START" if word in _START else "HELP" if word in _HELP else ""
        return wish if account.has_advanced_opt_out else ""

    def _files(self, wanted: Fields) -> list[Media]:
        given = list(wanted.get("files") or [])
        if wanted.get("kind") == "photo" and not given:
            return [Media(self.platform.sid("ME"), "image/jpeg", picture(self.platform.random))]
        found = []
        for one in given:
            kind = str(one.get("type") or "image/jpeg")
            content = given_bytes(one) if one.get("base64") else noise(kind, 2000, self.platform.random)
            found.append(Media(self.platform.sid("ME"), kind, content))
        return found

    def _account(self, name: str) -> Account:
        """An account by its SID or one of its numbers; the first one where none is named. Raises BadRequestError."""
        for account in self.platform.accounts.values():
            if name in ("", account.sid) or name in account.numbers:
                return account
        raise BadRequestError("There is no such account.")

    def _add_account(self, wanted: Fields) -> Fields:
        """A new account with a number and a service; a known SID gives the known account."""
        sid = str(wanted.get("sid") or self.platform.sid("AC"))
        account = self.platform.accounts.get(sid)
        if account is None:
            account = Account(sid, str(wanted.get("auth_token") or self.platform.sid("")), str(wanted.get("name") or "Shop"))
            account.numbers[str(wanted.get("number") or f"+1500{self.platform.random.randrange(10**7):07d}")] = ""
            account.services[str(wanted.get("service") or self.platform.sid("MG"))] = ""
            account.keys[self.platform.sid("SK")] = self.platform.sid("")
            self.platform.accounts[sid] = account
        key = next(iter(account.keys.items()), ("", ""))
        return {
            "sid": account.sid, "auth_token": account.auth_token, "number": next(iter(account.numbers)),
            "service": next(iter(account.services), ""), "api_key": key[0], "api_secret": key[1],
        }  # fmt: skip


def _bubble(message: Message) -> Fields:
    found: Fields = {"id": message.sid, "is_mine": message.is_inbound, "type": "text", "at": message.at, "tick": "delivered",
                     "text": message.body, "is_edited": False, "is_deleted": False, "reply_to": "", "reactions": {}}  # fmt: skip
    if message.media:
        first = message.media[0]
        found["file"] = {"id": first.sid, "name": first.sid, "type": first.content_type, "size": len(first.content)}
    return found
