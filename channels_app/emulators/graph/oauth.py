"""Signing in: the dialog with its one button, the exchange of codes, and what a token is good for."""

import html
from urllib.parse import urlencode, urlsplit

from channels_app.emulators.graph.answers import GraphError
from channels_app.emulators.graph.calls import Call
from channels_app.emulators.graph.kernel import Kernel
from channels_app.emulators.graph.state import CODE_LIFE, App, Code, Fields, Platform, Token
from channels_app.emulators.web import Request, Response

#: Seconds for which a person's token lives: an hour, or sixty days in exchange.
SHORT, LONG = 3600, 60 * 24 * 3600
#: What WhatsApp's embedded sign-up grants, whose configuration names the permissions in place of the address.
SIGN_UP_SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")
_HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in (emulated)</title>'


class OAuth:
    """The dialog and its token addresses. `granted` are the nodes that a person grants: all of theirs."""

    def __init__(self, kernel: Kernel, prefix: str) -> None:
        self._kernel = kernel
        self._prefix = prefix
        for method in ("GET", "POST"):
            kernel.edges.add("", method, "oauth/access_token", self._access_token)
            kernel.edges.add("", method, "debug_token", self._debug_token)

    @property
    def _platform(self) -> Platform:
        return self._kernel.platform

    def handle(self, request: Request) -> Response | None:
        """The dialog; None for another address."""
        if not request.path.startswith(f"{self._prefix}/") or not request.path.endswith("/dialog/oauth"):
            return None
        app = self._platform.apps.get(request.fields.get("client_id", ""))
        target = str(request.fields.get("redirect_uri") or "")
        if app is None or urlsplit(target).scheme not in ("http", "https"):
            return Response(400, f"{_HEAD}<p>Invalid App ID or redirect_uri.".encode(), "text/html")
        if request.method == "POST":
            return _back(target, request.fields, self._code(app, request.fields) if request.fields.get("answer") == "yes" else "")
        return Response(200, self._page(app, request.fields).encode(), "text/html; charset=utf-8")

    def _page(self, app: App, fields: Fields) -> str:
        """One button for each, and every node that may be granted."""
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(str(one))}">' for name, one in fields.items()
        )
        nodes = [one for one in self._platform.nodes.values() if one.kind in ("waba", "page", "ig")]
        boxes = "".join(
            f'<p><label><input type="checkbox" name="node-{html.escape(one.id)}" checked> {html.escape(one.kind)} '
            f"{html.escape(one.id)}</label></p>"
            for one in nodes
        )
        return (
            f"{_HEAD}<h1>{html.escape(app.name)}</h1><p>This stands in for Meta. Grant these accounts:</p>"
            f'<form method="post">{hidden}{boxes}<button name="answer" value="yes">Continue</button> '
            '<button name="answer" value="no">Not now</button></form>'
        )

    def _code(self, app: App, fields: Fields) -> str:
        chosen = frozenset(name.removeprefix("node-") for name in fields if name.startswith("node-"))
        code = self._platform.letters(40)
        self._platform.codes[code] = Code(
            app.id,
            str(fields.get("user") or "10001"),
            str(fields["redirect_uri"]),
            self._kernel.clock.now() + CODE_LIFE,
            chosen,
            tuple(one for one in str(fields.get("scope") or "").split(",") if one) or SIGN_UP_SCOPES,
            kind="SYSTEM_USER" if fields.get("config_id") else "USER",
        )
        return code

    def _access_token(self, call: Call) -> Fields:
        app = self._kernel.app(call.text("client_id"), call.text("client_secret"))
        match call.text("grant_type"):
            case "client_credentials":
                return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
            case "fb_exchange_token":
                return self._lengthened(app, call.needed("fb_exchange_token"))
        code = self._platform.codes.pop(call.needed("code"), None)
        now = self._kernel.clock.now()
        if code is None or code.app_id != app.id:
            raise bad_code(36009, "This authorization code has been used.")
        if code.expires_at <= now:
            raise bad_code(36007, "This authorization code has expired.")
        given = call.text("redirect_uri")
        if code.redirect_uri and given != code.redirect_uri and (given or code.kind == "USER"):
            raise bad_code(36008, "Error validating verification code. Please make sure your redirect_uri is identical.")
        ends = 0.0 if code.kind == "SYSTEM_USER" else now + SHORT
        token = self._platform.add_token(
            app, code.user_id, now=now, kind=code.kind, nodes=code.nodes, scopes=code.scopes, expires_at=ends
        )
        return {"access_token": token.value, "token_type": "bearer", **({"expires_in": SHORT} if ends else {})}

    def _lengthened(self, app: App, value: str) -> Fields:
        known = self._platform.tokens.get(value)
        if known is None or known.app_id != app.id:
            raise GraphError(190, "Invalid OAuth access token.", status=401)
        self._kernel.check_token(known)
        now = self._kernel.clock.now()
        facts = {"kind": known.kind, "nodes": known.nodes, "scopes": known.scopes, "expires_at": now + LONG}
        token = self._platform.add_token(app, known.user_id, now=now, **facts)
        return {"access_token": token.value, "token_type": "bearer", "expires_in": LONG}

    def _debug_token(self, call: Call) -> Fields:
        app, _asker = self._kernel.caller(call.request)
        value = call.needed("input_token")
        token = self._platform.tokens.get(value)
        if token is None or token.app_id != app.id:
            why = "The access token could not be decrypted" if token is None else "This token belongs to another app"
            return {"data": {"error": {"code": 190, "message": why}, "is_valid": False, "scopes": []}}
        return {"data": self._facts(app, token)}

    def _facts(self, app: App, token: Token) -> Fields:
        now = self._kernel.clock.now()
        is_over = bool(token.expires_at) and token.expires_at <= now
        said: Fields = {
            "app_id": app.id,
            "type": token.kind,
            "application": app.name,
            "data_access_expires_at": int(token.issued_at) + 90 * 24 * 3600,
            "expires_at": int(token.expires_at),
            "is_valid": not token.void and not is_over,
            "issued_at": int(token.issued_at),
            "scopes": list(token.scopes),
            "granular_scopes": [{"scope": one, "target_ids": sorted(token.nodes)} for one in token.scopes],
            "user_id": token.user_id,
        }
        if not said["is_valid"]:
            said["error"] = {"code": 190, "subcode": token.void or 463, "message": "The session is over."}
        return said


def bad_code(subcode: int, why: str) -> GraphError:
    """100 of a code that is none, or none any more."""
    return GraphError(100, why, subcode=subcode)


def _back(target: str, fields: Fields, code: str) -> Response:
    """Send the person back to the app, with a code or with their no."""
    said = {"code": code} if code else {"error": "access_denied", "error_code": "200", "error_reason": "user_denied"}
    if fields.get("state"):
        said["state"] = str(fields["state"])
    return Response(302, headers={"location": f"{target}{'&' if '?' in target else '?'}{urlencode(said)}"})
