"""The little of HTTP that emulators need, on raw ASGI: a request with its fields and files, an answer, a cut connection."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 64 * 1024 * 1024


class BadRequestError(Exception):
    """The request cannot be read; the message says why."""


class CutConnectionError(Exception):
    """The caller shall get no answer: the connection is cut."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a multipart form."""

    name: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Request:
    """A request. `fields` are those of the query, a form or a JSON object; `files` those of a multipart form."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, FilePart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def json_response(value: Any, status: int = 200) -> Response:
    return Response(status, orjson.dumps(value))


def ascii_json(value: Any) -> bytes:
    """JSON in which everything beyond ASCII is escaped."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


async def request_of(scope: Scope, receive: Receive) -> Request:
    """The whole request. Raises BadRequestError."""
    body = await _body(receive)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    request = Request(scope["method"], unquote(scope["path"]), query, headers, body, fields=dict(query))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" and body:
        request.fields |= _json(body)
    elif kind == "application/x-www-form-urlencoded":
        request.fields |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "multipart/form-data":
        fields, files = multipart(headers["content-type"], body)
        request.fields |= fields
        request.files |= files
    return request


def multipart(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, FilePart]]:
    """The fields and files of a multipart form. Raises BadRequestError."""
    boundary = _parameter(content_type, "boundary")
    if not boundary:
        raise BadRequestError("The form has no boundary.")
    fields: dict[str, str] = {}
    files: dict[str, FilePart] = {}
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if piece.startswith(b"--"):
            break
        head, found, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not found:
            raise BadRequestError("A part of the form has no end of its head.")
        lines = dict(line.split(": ", 1) for line in head.decode("utf-8", "replace").split("\r\n") if ": " in line)
        lines = {name.lower(): value for name, value in lines.items()}
        disposition = lines.get("content-disposition", "")
        name, file_name = _parameter(disposition, "name"), _parameter(disposition, "filename")
        if "filename" in disposition:
            files[name] = FilePart(file_name, lines.get("content-type", "application/octet-stream"), content)
        else:
            fields[name] = content.decode("utf-8", "replace")
    return fields, files


async def respond(send: Send, response: Response) -> None:
    head = {"content-type": response.content_type, "content-length": str(len(response.body)), **response.headers}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in head.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def cut(send: Send) -> None:
    """End the connection without an answer. ASGI has no word for it: uvicorn's transport is asked."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("This server's connections cannot be cut.")
    transport.abort()
    await asyncio.sleep(0.01)


async def _body(receive: Receive) -> bytes:
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequestError("The request ended in the middle.")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MAX_BODY:
            raise BadRequestError("The request is too large.")
        if not message.get("more_body"):
            return b"".join(pieces)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except ValueError:
        raise BadRequestError("Can't parse the request: Invalid JSON.") from None
    if not isinstance(found, dict):
        raise BadRequestError("Can't parse the request: an object is expected.")
    return found


def _parameter(header: str, name: str) -> str:
    """A parameter of a header such as `form-data; name="photo"; filename="a;b.jpg"`."""
    marker = f"{name}="
    place = 0
    while (place := header.find(marker, place)) > 0:
        if header[place - 1] in " ;":
            rest = header[place + len(marker) :]
            if rest.startswith('"'):
                return rest[1:].partition('"')[0].replace("%22", '"')
            return rest.partition(";")[0].strip()
        place += 1
    return ""
