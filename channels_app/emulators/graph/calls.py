"""What an edge is asked, and the table of edges."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from channels_app.emulators.clock import Clock
from channels_app.emulators.graph.answers import bad_parameter
from channels_app.emulators.graph.state import App, Fields, Node, Platform, Token
from channels_app.emulators.web import FilePart, Request, Response


@dataclass(slots=True)
class Call:
    """A call whose token was found good for the node. `fields` are its parameters, from address, form or JSON."""

    platform: Platform
    clock: Clock
    app: App
    token: Token
    node: Node
    request: Request
    fields: Fields

    @property
    def files(self) -> dict[str, FilePart]:
        return self.request.files

    def text(self, name: str) -> str:
        """A text parameter, empty where it is missing. Raises GraphError for what is no text or number."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if isinstance(value, dict | list | bool):
            raise bad_parameter(f"Param {name} must be a string.")
        return str(value)

    def needed(self, name: str) -> str:
        """A text parameter that must be there. Raises GraphError."""
        found = self.text(name)
        if not found:
            raise bad_parameter(f"The parameter {name} is required.")
        return found


type Edge = Callable[[Call], Fields | Response | Awaitable[Fields | Response]]


class Edges:
    """What may be called: by a node's kind, the method and the edge's name (empty: the node itself)."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, str], Edge] = {}

    def add(self, kind: str, method: str, name: str, edge: Edge) -> None:
        self._edges[kind, method, name] = edge

    def find(self, kind: str, method: str, name: str) -> Edge | None:
        return self._edges.get((kind, method, name))


def paged(items: list[Fields], call: Call, *, limit: int = 25) -> Fields:
    """A page of an edge, with the cursors of the platform: opaque, `next` only while there is more."""
    size = int(call.text("limit") or limit)
    after = call.text("after")
    start = int(after.removeprefix("c")) if after.removeprefix("c").isdecimal() else 0
    found: Fields = {"data": items[start : start + size]}
    if items:
        found["paging"] = {"cursors": {"before": f"c{start}", "after": f"c{start + size}"}}
        if start + size < len(items):
            found["paging"]["next"] = "https://graph.facebook.com/next"
    return found
