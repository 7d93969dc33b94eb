"""`/graph/v26.0/…`: who calls, what goes wrong, which node and edge is meant."""

import asyncio
import hmac
import inspect
import re
from collections.abc import Mapping
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.graph.answers import GraphError, bad_token, no_such_node
from channels_app.emulators.graph.calls import Call, Edges
from channels_app.emulators.graph.signing import proof
from channels_app.emulators.graph.state import App, Fields, Node, Platform, Token
from channels_app.emulators.web import CutConnectionError, Request, Response, json_response

#: The versions that still answer, newest first.
VERSIONS = ("26.0", "25.0", "24.0", "23.0", "22.0", "21.0")
_PATH = re.compile(r"/v(?P<version>[0-9]{1,3}\.[0-9])/(?P<node>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
_OWN = ("access_token", "appsecret_proof")
#: Codes of limits, which tell in a header when calls are taken again.
_LIMITS = frozenset({4, 17, 32, 613, 80007, 130429})


class Kernel:
    """The Graph API at one prefix. Products add kinds of nodes and their edges; `roots` are edges without a node."""

    def __init__(self, platform: Platform, clock: Clock, prefix: str) -> None:
        self.platform = platform
        self.clock = clock
        self.prefix = prefix
        self.edges = Edges()

    async def handle(self, request: Request) -> Response | None:
        """The answer to a call; None for an address that is not the API's. Raises CutConnectionError."""
        if not request.path.startswith(f"{self.prefix}/"):
            return None
        try:
            response = await self._answer(request, *_target(request.path.removeprefix(self.prefix)))
        except GraphError as error:
            response = self._with_usage(error.response(f"A{self.platform.letters(22)}"), error)
        return response

    def caller(self, request: Request) -> tuple[App, Token]:
        """Whose token a call comes with, and its app. Raises GraphError."""
        value = _bearer(request.headers) or str(request.fields.get("access_token") or "")
        if not value:
            raise GraphError(2500, "An active access token must be used to query information about the current user.", status=400)
        app_id, bar, secret = value.partition("|")
        if bar:
            app = self.app(app_id, secret)
            return app, Token(value, app.id, "", kind="APP")
        token = self.platform.tokens.get(value)
        if token is None:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
        self.check_token(token)
        app = self.platform.apps[token.app_id]
        self._check_proof(app, token, str(request.fields.get("appsecret_proof") or ""))
        return app, token

    def app(self, app_id: str, secret: str) -> App:
        """An app that shows its secret. Raises GraphError."""
        app = self.platform.apps.get(app_id)
        if app is None:
            raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
        if not hmac.compare_digest(secret.encode(), app.secret.encode()):
            raise GraphError(1, "Error validating client secret.")
        return app

    def check_token(self, token: Token) -> None:
        """Raises GraphError for a token that was revoked or has run out."""
        if token.void:
            raise bad_token(token.void, "The session has been invalidated.")
        if token.expires_at and token.expires_at <= self.clock.now():
            raise bad_token(463, "Session has expired.")

    def _check_proof(self, app: App, token: Token, given: str) -> None:
        if given and not hmac.compare_digest(given.encode(), proof(app.secret, token.value).encode()):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
        if app.requires_proof and not given:
            raise GraphError(100, "API calls from the server require an appsecret_proof argument", kind="GraphMethodException")

    async def _answer(self, request: Request, name: str, edge: str) -> Response:
        root = self.edges.find("", request.method, f"{name}/{edge}" if edge else name)
        if root is not None:
            call = Call(self.platform, self.clock, App("", ""), Token("", "", ""), Node("", ""), request, _fields(request))
            return _response(await _done(root(call)))
        app, token = self.caller(request)
        node = self.platform.nodes.get((token.me or token.user_id) if name == "me" else name)
        if node is None or not (token.kind == "APP" or self.platform.may_touch(token, node)):
            raise no_such_node(name, request.method)
        found = self.edges.find(node.kind, request.method, edge)
        if found is None:
            raise GraphError(100, f"Unsupported {request.method.lower()} request. Unknown path components: /{edge}")
        what = f"{request.method} {edge or node.kind}"
        faults = self.platform.faults_of(node.account or node.id)
        if faults.latency_ms:
            await asyncio.sleep(faults.latency_ms / 1000)
        if error := faults.error_for(what):
            return self._forced(error.code, error.body)
        if faults.rate_limit and (wait := faults.rate_limit.wait(self.clock.now())):
            raise GraphError(4, "(#4) Application request limit reached", status=403, regain=max(round(wait / 60), 1))
        call = Call(self.platform, self.clock, app, token, node, request, _fields(request))
        response = self._with_usage(_response(await _done(found(call))))
        if faults.cuts(what):
            raise CutConnectionError
        return response

    def _forced(self, code: int, body: Any) -> Response:
        """An answer that a fault wants: a text as a gateway's page, an object as Graph's error."""
        if isinstance(body, str):
            page = body or f"<!DOCTYPE html><html><title>{code}</title><body><h1>{code}</h1></body></html>"
            return Response(code, page.encode(), "text/html")
        given = {"message": "Forced by a fault.", "type": "OAuthException", **(body or {})}
        regain = int(given.pop("regain", 0))
        error = GraphError(int(given.get("code", code)), "", status=code, regain=regain)
        error.error = given
        return self._with_usage(error.response(f"A{self.platform.letters(22)}"), error)

    def _with_usage(self, response: Response, error: GraphError | None = None) -> Response:
        """An answer with the headers that tell how much of what is allowed was used."""
        is_full = error is not None and error.code in _LIMITS
        used = 100 if is_full else 1
        usage = f'{{"call_count":{used},"total_cputime":1,"total_time":1}}'
        headers = {**response.headers, "x-app-usage": usage, "facebook-api-version": f"v{VERSIONS[0]}"}
        if error is not None and error.regain:
            headers["x-business-use-case-usage"] = (
                '{"100":[{"type":"messages","call_count":100,"total_cputime":1,"total_time":1,'
                f'"estimated_time_to_regain_access":{error.regain}}}]}}'
            )
        return Response(response.status, response.body, response.content_type, headers)


def _target(path: str) -> tuple[str, str]:
    """The node and edge that a path names. Raises GraphError."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise GraphError(2500, f"Unknown path components: {path}")
    if found["version"] not in VERSIONS:
        raise GraphError(2635, f"(#2635) You are calling a deprecated or unknown version of the API: v{found['version']}")
    return found["node"], found["edge"] or ""


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _space, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() in ("bearer", "oauth") else ""


def _fields(request: Request) -> Fields:
    return {name: value for name, value in request.fields.items() if name not in _OWN}


async def _done(answer: Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer


def _response(answer: Fields | Response) -> Response:
    return answer if isinstance(answer, Response) else json_response(answer)
