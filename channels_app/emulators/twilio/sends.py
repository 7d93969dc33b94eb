"""Messages that the product sends: checked as strictly as Twilio does, then delivered step by step with callbacks."""

import re
from urllib.parse import urlsplit

import httpx

from channels_app.emulators.clock import Clock
from channels_app.emulators.twilio.hooks import Hooks
from channels_app.emulators.twilio.state import Account, Fields, Media, Message, Platform

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
#: Seconds after which a message is told to be sent and delivered.
_STEPS = (("sent", 0.4), ("delivered", 1.0))


class RefusalError(Exception):
    """A request that Twilio refuses, by its code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Sends:
    """The outbound side of every account."""

    def __init__(self, platform: Platform, clock: Clock, hooks: Hooks) -> None:
        self._platform, self._clock, self._hooks = platform, clock, hooks

    def create(self, account: Account, form: Fields) -> Message:
        """Queue a message. Raises RefusalError."""
        to, body = str(form.get("To", "")), str(form.get("Body", ""))
        sender, service = self._sender(account, form)
        urls = _urls(form)
        _check(account, to, body, sender, urls)
        message = Message(
            self._platform.sid("MM" if urls else "SM"), sender, to, body, False, "queued", self._clock.now(), segments_of(body),
            service, str(form.get("StatusCallback", "")),
        )  # fmt: skip
        message.media = [self._fetched(url) for url in urls]
        account.messages[message.sid] = message
        self._progress(account, message)
        return message

    def force(self, account: Account, message: Message, status: str, code: int = 0) -> None:
        """Tell any status of a message, in any order."""
        message.status, message.error_code = status, code
        self._tell(account, message, status, code)

    def _sender(self, account: Account, form: Fields) -> tuple[str, str]:
        service, sender = str(form.get("MessagingServiceSid", "")), str(form.get("From", ""))
        if service:
            if service not in account.services:
                raise RefusalError(21701, "The Messaging Service does not exist")
            return next(iter(account.numbers), ""), service
        if sender not in account.numbers:
            raise RefusalError(21606, f"The 'From' phone number {sender} is not a valid, SMS-capable inbound phone number")
        return sender, ""

    def _fetched(self, url: str) -> Media:
        """A file from the product's link, as the platform fetches it: without credentials, https or this machine."""
        if urlsplit(url).hostname not in ("localhost", "127.0.0.1"):
            raise RefusalError(21620, "Invalid media URL(s)")
        try:
            response = httpx.get(url, timeout=10, trust_env=False)
        except httpx.HTTPError:
            raise RefusalError(11200, "HTTP retrieval failure") from None
        if response.status_code != 200:
            raise RefusalError(12300, "The media URL did not answer with a file")
        return Media(self._platform.sid("ME"), response.headers.get("content-type", ""), response.content)

    def _progress(self, account: Account, message: Message) -> None:
        code = account.fails_with.get(message.to, 0)
        if code:
            message.status, message.error_code = "undelivered", code
            self._tell(account, message, "sent", 0, after=_STEPS[0][1])
            self._tell(account, message, "undelivered", code, after=_STEPS[1][1])
            return
        for status, after in _STEPS:
            self._tell(account, message, status, 0, after=after)
        message.status = "delivered"

    def _tell(self, account: Account, message: Message, status: str, code: int, *, after: float = 0.0) -> None:
        form = {
            "SmsSid": message.sid, "MessageSid": message.sid, "SmsStatus": status, "MessageStatus": status,
            "AccountSid": account.sid, "From": message.sender, "To": message.to, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if message.service:
            form["MessagingServiceSid"] = message.service
        if code:
            form["ErrorCode"] = str(code)
        self._hooks.tell(account, message.callback, form, after=after)


def segments_of(text: str) -> int:
    """How many segments a text has, as far as ASCII is the GSM alphabet."""
    single, part = (160, 153) if text.isascii() else (70, 67)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= single else -(-units // part)


def _urls(form: Fields) -> list[str]:
    given = form.get("MediaUrl")
    return [str(one) for one in given] if isinstance(given, list) else [str(given)] if given else []


def _check(account: Account, to: str, body: str, sender: str, urls: list[str]) -> None:
    if not _E164.fullmatch(to):
        raise RefusalError(21211, f"Invalid 'To' Phone Number: {to}")
    if not body and not urls:
        raise RefusalError(21602, "Message body is required.")
    if len(body) > 1600:
        raise RefusalError(21617, "The concatenated message body exceeds the 1600 character limit")
    if len(urls) > 10:
        raise RefusalError(21623, "Number of media files exceeds allowed limit.")
    if (to, sender) in account.opted_out:
        raise RefusalError(21610, "Attempt to send to unsubscribed recipient")
    if account.fails_with.get(to) in (21610, 21611, 21614, 21408):
        raise RefusalError(account.fails_with[to], "Refused")
