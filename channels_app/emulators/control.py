"""`/_ctl/…`: what a test or a developer does with the emulator itself.

- `POST /_ctl/<provider>/inbound` something a customer does; `GET /_ctl/<provider>/outbox?to=&connection=` what was sent
- `POST /_ctl/<provider>/faults` `{"connection": …, "faults": {…}}`; `POST /_ctl/<provider>/<thing>` the provider's own
- `GET /_ctl/<provider>/<what>?…` what the provider shows besides: numbers, a chat
- `GET /_ctl/deliveries?connection=&event=` every webhook attempt
- `POST /_ctl/clock` `{"is_virtual": …, "at": …}`; `POST /_ctl/clock/advance` `{"seconds": …}`
- `POST /_ctl/settle` wait until nothing is due; `POST /_ctl/reset`
- `POST /_ctl/scenario` `{"steps": [{"post": path, "json": {…}}]}` several of these, one after another
"""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Deliveries
from channels_app.emulators.runner import Runner
from channels_app.emulators.web import BadRequestError, Request, Response, json_response

MAX_ADVANCE = 30 * 24 * 3600


class Provider(Protocol):
    """A platform, as the control API knows it."""

    def reset(self) -> None: ...

    def inbound(self, wanted: dict[str, Any]) -> dict[str, Any]: ...

    def outbox(self, *, to: str = "", connection: str = "") -> list[dict[str, Any]]: ...

    def set_faults(self, wanted: dict[str, Any], connection: str) -> None: ...

    def change(self, what: str, wanted: dict[str, Any]) -> Any: ...


@runtime_checkable
class Readable(Protocol):
    """A platform that shows more than its outbox: chats as their customers see them, files as a `Response`."""

    def read(self, what: str, query: dict[str, str]) -> Any: ...


class Control:
    """The control API of one emulator."""

    def __init__(self, clock: Clock, runner: Runner, deliveries: Deliveries, providers: Mapping[str, Provider]) -> None:
        self._clock = clock
        self._runner = runner
        self._deliveries = deliveries
        self._providers = providers

    async def handle(self, request: Request) -> Response:
        """The answer to a control request. Raises BadRequestError."""
        parts = request.path.removeprefix("/_ctl/").strip("/").split("/")
        if request.method == "GET":
            found = self._read(parts, request.query)
            return found if isinstance(found, Response) else json_response(found)
        if request.method != "POST":
            raise BadRequestError("Use GET or POST.")
        # Pages of other origins cannot send JSON without asking first, and nobody answers them here.
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise BadRequestError("Send JSON.")
        return json_response(await self._do(parts, request.fields))

    def _read(self, parts: list[str], query: dict[str, str]) -> Any:
        match parts:
            case ["deliveries"]:
                return self._deliveries.listed(connection=query.get("connection", ""), event=query.get("event", ""))
            case ["clock"]:
                return self._time()
            case [name, "outbox"] if name in self._providers:
                return self._providers[name].outbox(to=query.get("to", ""), connection=query.get("connection", ""))
            case [name, what]:
                return _shown(self._providers.get(name), what, query)
        raise BadRequestError("There is nothing at this address.")

    async def _do(self, parts: list[str], given: dict[str, Any]) -> Any:
        match parts:
            case ["reset"]:
                return self._reset()
            case ["settle"]:
                await self._runner.settle()
                return self._time()
            case ["clock"]:
                return self._set_clock(given)
            case ["clock", "advance"]:
                await self._runner.advance(_seconds(given))
                return self._time()
            case ["scenario"]:
                return [await self._do(_path(step), dict(step.get("json") or {})) for step in given.get("steps") or []]
            case [name, what] if name in self._providers:
                return self._change(self._providers[name], what, given)
        raise BadRequestError("There is nothing at this address.")

    def _change(self, provider: Provider, what: str, given: dict[str, Any]) -> Any:
        if what == "inbound":
            try:
                return provider.inbound(given)
            except (TypeError, ValueError) as error:
                raise BadRequestError(f"This cannot be done as it is written: {error}") from error
        if what == "faults":
            provider.set_faults(dict(given.get("faults") or {}), str(given.get("connection") or ""))
            return {}
        return provider.change(what, given)

    def _reset(self) -> dict[str, Any]:
        for provider in self._providers.values():
            provider.reset()
        self._deliveries.clear()
        self._clock.go_on()
        return self._time()

    def _set_clock(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("is_virtual", True) is True:
            at = given.get("at")
            self._clock.stand_still(float(at) if isinstance(at, int | float) else None)
        else:
            self._clock.go_on()
        return self._time()

    def _time(self) -> dict[str, Any]:
        return {"now": self._clock.now(), "is_virtual": self._clock.is_virtual}


def _shown(provider: object, what: str, query: dict[str, str]) -> Any:
    if not isinstance(provider, Readable):
        raise BadRequestError("There is nothing at this address.")
    return provider.read(what, query)


def _seconds(given: dict[str, Any]) -> float:
    seconds = given.get("seconds")
    if not isinstance(seconds, int | float) or not 0 <= seconds <= MAX_ADVANCE:
        raise BadRequestError(f"Give seconds from 0 to {MAX_ADVANCE}.")
    return float(seconds)


def _path(step: Any) -> list[str]:
    path = step.get("post") if isinstance(step, dict) else None
    if not isinstance(path, str) or not path.startswith("/_ctl/") or path == "/_ctl/scenario":
        raise BadRequestError('Each step names a control address as "post".')
    return path.removeprefix("/_ctl/").strip("/").split("/")
