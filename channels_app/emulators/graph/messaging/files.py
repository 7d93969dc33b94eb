"""Files: addresses that anybody opens while they are good, and files that were handed over to be sent."""

import re

import httpx
import orjson

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call
from channels_app.emulators.graph.messaging.state import Account, Fields, File
from channels_app.emulators.graph.messaging.world import World
from channels_app.emulators.web import Request, Response

MB = 1024 * 1024
LIMITS = {"image": 25 * MB, "audio": 25 * MB, "video": 25 * MB, "file": 25 * MB}
_INSTAGRAM_PICTURE = 8 * MB
_PATH = re.compile(r"/graph-cdn/(?P<key>[A-Za-z0-9]{32})/[^/]+")


class Files:
    """The files of every account."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.graph.kernel.edges.add("page", "POST", "message_attachments", self._upload)

    def handle(self, request: Request) -> Response | None:
        """A download, which needs no token; None for another address."""
        found = _PATH.fullmatch(request.path)
        if found is None:
            return None
        file = self._world.business.files.get(found["key"])
        if file is None or file.ends_at <= self._world.now():
            return Response(403, b"URL signature expired", "text/plain")
        account = self._world.business.accounts[file.account]
        if account.graph.platform.faults_of(account.id).media_fail:
            return Response(500, b"", "text/html")
        return Response(200, file.content, file.content_type, {"x-content-type-options": "nosniff"})

    async def of_payload(self, account: Account, kind: str, payload: Fields) -> File:
        """The file of an attachment: one that was handed over, or one that the platform fetches. Raises GraphError."""
        if kind not in LIMITS:
            raise bad_parameter(f"Param message[attachment][type] must be one of {{{', '.join(LIMITS)}}}.")
        if "attachment_id" in payload:
            owner, key = self._world.business.attachments.get(str(payload["attachment_id"]), ("", ""))
            if owner != account.node:
                raise GraphError(100, "(#100) Attachment does not exist or is not the page's.", subcode=2018074)
            return self._world.business.files[key]
        return await self._fetched(account, kind, str(payload.get("url") or ""))

    async def _fetched(self, account: Account, kind: str, url: str) -> File:
        gone = GraphError(100, "(#100) Failed to fetch the file from the url", subcode=2018008)
        if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise gone
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=20, follow_redirects=True) as client:
                response = await client.get(url)
        except httpx.HTTPError:
            raise gone from None
        if response.status_code != 200:
            raise gone
        most = _INSTAGRAM_PICTURE if kind == "image" and not account.is_page else LIMITS[kind]
        if len(response.content) > most:
            raise GraphError(100, "(#100) Attachment size exceeds allowable limit", subcode=2018109)
        name = url.partition("?")[0].rpartition("/")[2] or kind
        content_type = response.headers.get("content-type", "application/octet-stream").partition(";")[0]
        return self._world.add_file(account, name, content_type, response.content)

    def _upload(self, call: Call) -> Fields:
        account = self._world.business.of_node(call.node.id, "", "page")
        try:
            said = orjson.loads(call.needed("message"))
            kind = str(said["attachment"]["type"])
        except (ValueError, KeyError, TypeError):
            raise bad_parameter("Param message must be an attachment as JSON.") from None
        part = call.files.get("filedata")
        if account is None or part is None or not part.content or kind not in LIMITS:
            raise GraphError(100, "(#100) Upload attachment failure.", subcode=2018047)
        if len(part.content) > LIMITS[kind]:
            raise GraphError(100, "(#100) Attachment size exceeds allowable limit", subcode=2018109)
        file = self._world.add_file(account, part.name, part.content_type, part.content)
        attachment = str(8 * 10**14 + self._world.graph.platform.number("attachment"))
        self._world.business.attachments[attachment] = (account.node, file.key)
        return {"attachment_id": attachment}
