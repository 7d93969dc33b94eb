"""`/bot<token>/<method>` and `/file/bot<token>/<path>`: who calls, what goes wrong, what is done."""

import asyncio
import inspect
import re
from typing import Any

from channels_app.emulators.faults import RateLimit
from channels_app.emulators.telegram import accounts, changes, sends
from channels_app.emulators.telegram.answers import ApiError, too_many
from channels_app.emulators.telegram.parameters import Params
from channels_app.emulators.telegram.state import Bot, Fields
from channels_app.emulators.telegram.world import Method, World
from channels_app.emulators.web import CutConnectionError, Request, Response, json_response

_CALL = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
_FILE = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)")
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
#: Names are taken in any case, as the platform takes them.
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method) for table in (accounts.METHODS, sends.METHODS, changes.METHODS) for name, method in table.items()
}
#: What a bot's answer to a webhook may not ask for.
_NOT_BY_WEBHOOK = ("deletewebhook", "setwebhook", "close", "logout")
_KEPT_HEADERS = ("user-agent", "content-type", "content-length")


class BotApi:
    """The Bot API of one emulator."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._chat_limits: dict[tuple[int, str], RateLimit] = {}

    def forget_limits(self) -> None:
        """Begin to count each chat's calls anew."""
        self._chat_limits.clear()

    async def handle(self, request: Request) -> Response | None:
        """The answer to a call or a download; None for another address. Raises CutConnectionError."""
        if found := _CALL.fullmatch(request.path):
            return await self._answer(found["token"], found["method"], request)
        if found := _FILE.fullmatch(request.path):
            return self._download(found["token"], found["path"])
        return None

    async def call_by_webhook(self, bot: Bot, fields: Fields) -> None:
        """Do what a bot's answer to a webhook asks for; its result is lost."""
        method = str(fields.get("method", "")).lower()
        if method in METHODS and method not in _NOT_BY_WEBHOOK and not method.startswith("get"):
            try:
                await self._do(bot, *METHODS[method], Params(fields, {}), {})
            except ApiError:
                return

    async def _answer(self, token: str, name: str, request: Request) -> Response:
        try:
            bot = self._bot(token)
            method = _method(name)
            if bot.faults.latency_ms:
                await asyncio.sleep(bot.faults.latency_ms / 1000)
            if error := bot.faults.error_for(name):
                return _forced(error.code, error.body)
            params = Params(request.fields, request.files)
            self._check_rate(bot, method[0], params)
            result = await self._do(bot, *method, params, request.headers)
        except ApiError as error:
            return error.response
        if bot.faults.cuts(name):
            raise CutConnectionError
        return json_response({"ok": True, "result": result})

    def _bot(self, token: str) -> Bot:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        bot = self.world.platform.bots.get(token)
        if bot is None or bot.is_revoked:
            raise ApiError(401, "Unauthorized")
        return bot

    async def _do(self, bot: Bot, name: str, method: Method, params: Params, headers: dict[str, str]) -> Any:
        entry = self._entry(bot, name, params, headers)
        try:
            result = method(self.world, bot, params)
            if inspect.isawaitable(result):
                result = await result
        except ApiError as error:
            entry["status"], entry["description"] = error.code, error.description
            raise
        if isinstance(result, dict) and "message_id" in result:
            entry["message_ids"] = [result["message_id"]]
        elif name == "sendMediaGroup":
            entry["message_ids"] = [one["message_id"] for one in result]
        return result

    def _entry(self, bot: Bot, name: str, params: Params, headers: dict[str, str]) -> Fields:
        """Note a call in the outbox, without the files' bytes; reading calls are not noted."""
        entry: Fields = {
            "at": self.world.clock.now(),
            "bot": bot.id,
            "method": name,
            "params": dict(params.fields),
            "files": {field: {"name": part.name, "size": len(part.content)} for field, part in params.files.items()},
            "headers": {key: headers[key] for key in _KEPT_HEADERS if key in headers},
            "status": 200,
        }
        if not name.startswith("get"):
            self.world.platform.outbox.append(entry)
        return entry

    def _check_rate(self, bot: Bot, name: str, params: Params) -> None:
        """The limits of the bot and of each chat, for what writes."""
        if name.startswith("get") or name.endswith("Webhook"):
            return
        now, faults = self.world.clock.now(), bot.faults
        if faults.rate_limit and (wait := faults.rate_limit.wait(now)):
            raise too_many(wait)
        chat = params.text("chat_id")
        if faults.chat_rate_limit and chat:
            wanted = faults.chat_rate_limit
            limit = self._chat_limits.setdefault((bot.id, chat), RateLimit(wanted.per_s, wanted.burst))
            if wait := limit.wait(now):
                raise too_many(wait)

    def _download(self, token: str, path: str) -> Response:
        try:
            bot = self._bot(token)
        except ApiError as error:
            return error.response
        if bot.faults.media_fail:
            return Response(500, b"", "text/html")
        content = self.world.files.content(path, now=self.world.clock.now())
        if content is None:
            return ApiError(404, "Not Found").response
        return Response(200, content, "application/octet-stream")


def _method(name: str) -> tuple[str, Method]:
    found = METHODS.get(name.lower())
    if found is None:
        raise ApiError(404, "Not Found: method not found")
    return found


def _forced(code: int, body: Any) -> Response:
    """An answer that a fault wants: a text as a gateway's page, an object as it is."""
    if isinstance(body, str):
        page = body or f"<html><head><title>{code}</title></head><body><center><h1>{code}</h1></center><hr>nginx</body></html>"
        return Response(code, page.encode(), "text/html")
    said = {"ok": False, "error_code": code, **(body or {})}
    return json_response(said, code)
