"""Twilio's REST API of 2010-04-01 as far as messages need it, and the messaging services' own."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from channels_app.emulators.clock import Clock
from channels_app.emulators.twilio.sends import RefusalError, Sends
from channels_app.emulators.twilio.state import Account, Fields, Message, Platform
from channels_app.emulators.web import CutConnectionError, Request, Response, json_response

_ACCOUNT = re.compile(r"/2010-04-01/Accounts/(?P<sid>[A-Za-z0-9]+)(?P<path>/.*?)?(?:\.json)?")
_SERVICE = re.compile(r"/v1/Services/(?P<sid>[A-Za-z0-9]+)")


class Api:
    """Answers what the product asks."""

    def __init__(self, platform: Platform, clock: Clock, sends: Sends) -> None:
        self._platform, self._clock, self._sends = platform, clock, sends

    def handle(self, request: Request) -> Response | None:
        """The answer; None for an address that is not Twilio's."""
        found = _ACCOUNT.fullmatch(request.path)
        service = _SERVICE.fullmatch(request.path)
        if found is None and service is None:
            return self._stored_file(request)
        account = self._account(request)
        if account is None or (found is not None and found["sid"] != account.sid) or account.is_revoked:
            return _problem(401, 20003, "Authenticate")
        error = account.faults.error_for(request.path)
        if error is not None:
            body = (
                error.body if isinstance(error.body, dict) else {"code": 20500, "message": str(error.body), "status": error.code}
            )
            return json_response(body, error.code)
        if account.faults.rate_limit is not None and account.faults.rate_limit.wait(self._clock.now()):
            return _problem(429, 20429, "Too Many Requests")
        try:
            answer = (
                self._of_account(account, found["path"] or "", request) if found else self._service(account, service, request)
            )
        except RefusalError as refusal:
            return _problem(400, refusal.code, refusal.message)
        if account.faults.cuts(request.path):
            raise CutConnectionError
        return answer

    def _account(self, request: Request) -> Account | None:
        """The account whose token or key a request shows."""
        kind, _space, given = request.headers.get("authorization", "").partition(" ")
        try:
            user, _colon, secret = base64.b64decode(given).decode().partition(":") if kind.lower() == "basic" else ("", "", "")
        except (binascii.Error, UnicodeDecodeError):
            return None
        for account in self._platform.accounts.values():
            if (user == account.sid and secret == account.auth_token) or (user and account.keys.get(user) == secret):
                return account
        return None

    def _of_account(self, account: Account, path: str, request: Request) -> Response:
        routes: dict[str, Callable[..., Response]] = {
            r"": self._show_account,
            r"/Messages": self._messages,
            r"/Messages/(SM[0-9a-f]+|MM[0-9a-f]+)": self._message,
            r"/Messages/([SM]M[0-9a-f]+)/Media": self._media_list,
            r"/Messages/([SM]M[0-9a-f]+)/Media/(ME[0-9a-f]+)": self._media,
            r"/IncomingPhoneNumbers": self._numbers,
            r"/IncomingPhoneNumbers/PN([0-9]+)": self._number,
        }
        for pattern, view in routes.items():
            if found := re.fullmatch(pattern, path):
                return view(account, request, *found.groups())
        return _problem(404, 20404, f"The requested resource {path} was not found")

    def _show_account(self, account: Account, _request: Request) -> Response:
        return json_response({"sid": account.sid, "friendly_name": account.name, "status": "active"})

    def _messages(self, account: Account, request: Request) -> Response:
        if request.method == "POST":
            # A field that is given several times is a list here.
            form = {**request.fields, "MediaUrl": [url for name, url in parse_qsl(request.body.decode()) if name == "MediaUrl"]}
            message = self._sends.create(account, form)
            self._platform.outbox.append({"account": account.sid, "form": form, "sid": message.sid})
            return json_response(self._shown(account, message), 201)
        wanted = request.query
        found = [one for one in account.messages.values() if _is_asked(one, wanted)]
        listed = [self._shown(account, one) for one in reversed(found)][:1000]
        return json_response({"messages": listed, "next_page_uri": None})

    def _message(self, account: Account, _request: Request, sid: str) -> Response:
        message = account.messages.get(sid)
        return json_response(self._shown(account, message)) if message else _problem(404, 20404, "Not found")

    def _media_list(self, account: Account, _request: Request, sid: str) -> Response:
        message = account.messages.get(sid)
        base = f"/2010-04-01/Accounts/{account.sid}/Messages/{sid}/Media"
        files = message.media if message else []
        listed = [{"sid": one.sid, "content_type": one.content_type, "uri": f"{base}/{one.sid}.json"} for one in files]
        return json_response({"media_list": listed, "next_page_uri": None})

    def _media(self, account: Account, request: Request, sid: str, media: str) -> Response:
        message = account.messages.get(sid)
        found = next((one for one in message.media if one.sid == media), None) if message else None
        if found is None or account.faults.media_fail:
            return _problem(404, 20404, "Not found")
        # The bytes lie elsewhere, where nobody's credentials belong: the same machine under its other name.
        name, _colon, port = request.headers.get("host", "").partition(":")
        host = f"{'127.0.0.1' if name == 'localhost' else 'localhost'}:{port}"
        return Response(307, headers={"location": f"http://{host}/twilio-files/{account.sid}/{sid}/{media}"})

    def _stored_file(self, request: Request) -> Response | None:
        parts = request.path.strip("/").split("/")
        if len(parts) != 4 or parts[0] != "twilio-files":
            return None
        if "authorization" in request.headers:
            return Response(400, b"Only one auth mechanism allowed", "text/plain")
        account = self._platform.accounts.get(parts[1])
        message = account.messages.get(parts[2]) if account else None
        found = next((one for one in message.media if one.sid == parts[3]), None) if message else None
        return Response(200, found.content, found.content_type) if found else Response(404, b"gone", "text/plain")

    def _numbers(self, account: Account, request: Request) -> Response:
        wanted = request.query.get("PhoneNumber", "")
        listed = [_number(number, url) for number, url in account.numbers.items() if wanted in ("", number)]
        return json_response({"incoming_phone_numbers": listed, "next_page_uri": None})

    def _number(self, account: Account, request: Request, digits: str) -> Response:
        number = f"+{digits}"
        if number not in account.numbers:
            return _problem(404, 20404, "Not found")
        if request.method == "POST" and "SmsUrl" in request.fields:
            account.numbers[number] = str(request.fields["SmsUrl"])
        return json_response(_number(number, account.numbers[number]))

    def _service(self, account: Account, named: re.Match[str] | None, request: Request) -> Response:
        sid = named["sid"] if named else ""
        if sid not in account.services:
            return _problem(404, 20404, "Not found")
        if request.method == "POST" and "InboundRequestUrl" in request.fields:
            account.services[sid] = str(request.fields["InboundRequestUrl"])
        return json_response({"sid": sid, "friendly_name": account.name, "inbound_request_url": account.services[sid]})

    def _shown(self, account: Account, message: Message) -> Fields:
        at = format_datetime(datetime.fromtimestamp(message.at, UTC))
        return {
            "sid": message.sid, "account_sid": account.sid, "from": message.sender, "to": message.to, "body": message.body,
            "direction": "inbound" if message.is_inbound else "outbound-api", "status": message.status,
            "num_segments": str(message.segments), "num_media": str(len(message.media)),
            "messaging_service_sid": message.service or None, "date_created": at, "date_sent": at,
            "error_code": message.error_code or None, "error_message": None, "api_version": "2010-04-01", "price": None,
            "price_unit": "USD", "date_updated": at,
            "uri": f"/2010-04-01/Accounts/{account.sid}/Messages/{message.sid}.json", "subresource_uris": {},
        }  # fmt: skip


def _is_asked(message: Message, wanted: dict[str, str]) -> bool:
    since = wanted.get("DateSent>") or wanted.get("DateSent>=") or ""
    day = datetime.fromtimestamp(message.at, UTC).date().isoformat()
    return (
        wanted.get("To", message.to) == message.to and wanted.get("From", message.sender) == message.sender and day >= since[:10]
    )


def _number(number: str, url: str) -> Fields:
    can = {"sms": True, "mms": True, "voice": True}
    return {"sid": f"PN{number[1:]}", "phone_number": number, "friendly_name": number, "sms_url": url, "capabilities": can}


def _problem(status: int, code: int, message: str) -> Response:
    said: dict[str, Any] = {"code": code, "message": message, "status": status, "more_info": ""}
    return json_response(said, status)
