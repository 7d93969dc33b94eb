"""Instagram's own log-in: its dialog, the code's exchange, access that lasts sixty days and is renewed after a day."""

import html
from urllib.parse import urlencode, urlsplit

from channels_app.emulators.graph.answers import GraphError
from channels_app.emulators.graph.calls import Call
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.graph.state import CODE_LIFE, App, Code, Fields, Token
from channels_app.emulators.web import Request, Response, json_response

SHORT, LONG, LEAST_AGE = 3600, 60 * 24 * 3600, 24 * 3600
_DIALOG, _EXCHANGE = "/instagram-dialog/oauth/authorize", "/instagram-api/oauth/access_token"
_HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in (emulated)</title>'


class Login:
    """The addresses of the log-in, besides those of its Graph API."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        graph.kernel.edges.add("", "GET", "access_token", self._lengthened)
        graph.kernel.edges.add("", "GET", "refresh_access_token", self._refreshed)

    def handle(self, request: Request) -> Response | None:
        """The dialog and the exchange of its code; None for another address."""
        if request.path == _DIALOG:
            return self._dialog(request)
        if request.path == _EXCHANGE and request.method == "POST":
            return self._exchanged(request.fields)
        return None

    def _dialog(self, request: Request) -> Response:
        fields = request.fields
        app, target = self._graph.platform.apps.get(fields.get("client_id", "")), str(fields.get("redirect_uri") or "")
        if app is None or urlsplit(target).scheme not in ("http", "https"):
            return Response(400, f"{_HEAD}<p>Invalid platform app or redirect_uri.".encode(), "text/html")
        if request.method != "POST":
            return Response(200, self._page(fields).encode(), "text/html; charset=utf-8")
        said: Fields = {"error": "access_denied", "error_reason": "user_denied"}
        if fields.get("answer") == "yes":
            said = {"code": self._code(app, fields)}
        said |= {"state": str(fields["state"])} if fields.get("state") else {}
        return Response(302, headers={"location": f"{target}{'&' if '?' in target else '?'}{urlencode(said)}"})

    def _page(self, fields: Fields) -> str:
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(str(one))}">' for name, one in fields.items()
        )
        accounts = [one.id for one in self._graph.platform.nodes.values() if one.kind == "ig"]
        options = "".join(f"<option>{html.escape(one)}</option>" for one in accounts)
        return (
            f"{_HEAD}<h1>Instagram</h1><p>This stands in for Instagram. Log in as:</p>"
            f'<form method="post">{hidden}<select name="account">{options}</select>'
            '<button name="answer" value="yes">Allow</button> <button name="answer" value="no">Cancel</button></form>'
        )

    def _code(self, app: App, fields: Fields) -> str:
        code, now = self._graph.platform.letters(40), self._graph.clock.now()
        accounts = [one.id for one in self._graph.platform.nodes.values() if one.kind == "ig"]
        account = str(fields.get("account") or next(iter(accounts), ""))
        scopes = tuple(one for one in str(fields.get("scope") or "").split(",") if one)
        self._graph.platform.codes[code] = Code(
            app.id,
            f"2{account[1:]}",
            str(fields["redirect_uri"]),
            now + CODE_LIFE,
            frozenset({account}),
            scopes,
            kind="INSTAGRAM",
        )
        return code

    def _exchanged(self, fields: Fields) -> Response:
        """A code for an access of one hour. This address has no version, and its own words for no."""
        platform, now = self._graph.platform, self._graph.clock.now()
        try:
            app = self._graph.kernel.app(str(fields.get("client_id") or ""), str(fields.get("client_secret") or ""))
        except GraphError:
            return _refused("Invalid platform app")
        code = platform.codes.pop(str(fields.get("code") or "").removesuffix("#_"), None)
        if fields.get("grant_type") != "authorization_code" or code is None or code.app_id != app.id or code.expires_at <= now:
            return _refused("This authorization code has been used or has expired")
        if fields.get("redirect_uri") != code.redirect_uri:
            return _refused("Error validating verification code. Please make sure your redirect_uri is identical")
        token = self._made(app, code.user_id, next(iter(code.nodes)), code.scopes, SHORT)
        said = {"access_token": token.value, "user_id": code.user_id, "permissions": ",".join(code.scopes)}
        return json_response({"data": [said]})

    def _lengthened(self, call: Call) -> Fields:
        app, token = self._graph.kernel.caller(call.request)
        self._graph.kernel.app(app.id, call.needed("client_secret"))
        if call.needed("grant_type") != "ig_exchange_token" or token.expires_at - token.issued_at > SHORT:
            raise GraphError(452, "Session key invalid. This is no short-lived access token.")
        return _said(self._made(app, token.user_id, token.me, token.scopes, LONG))

    def _refreshed(self, call: Call) -> Fields:
        """A younger access than a day is not renewed, and neither is one of an hour."""
        app, token = self._graph.kernel.caller(call.request)
        now = self._graph.clock.now()
        is_long = token.expires_at - token.issued_at > SHORT
        if call.needed("grant_type") != "ig_refresh_token" or not is_long or now - token.issued_at < LEAST_AGE:
            raise GraphError(100, "(#100) The access token cannot be refreshed yet.")
        return _said(self._made(app, token.user_id, token.me, token.scopes, LONG))

    def _made(self, app: App, user: str, account: str, scopes: tuple[str, ...], lives: int) -> Token:
        now = self._graph.clock.now()
        return self._graph.platform.add_token(
            app, user, now=now, value=f"IGAA{self._graph.platform.letters(60)}", kind="INSTAGRAM", nodes=frozenset({account}),
            scopes=scopes, expires_at=now + lives, me=account,
        )  # fmt: skip


def _said(token: Token) -> Fields:
    return {"access_token": token.value, "token_type": "bearer", "expires_in": int(token.expires_at - token.issued_at)}


def _refused(why: str) -> Response:
    return json_response({"error_type": "OAuthException", "code": 400, "error_message": why}, 400)
