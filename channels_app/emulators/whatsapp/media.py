"""Files as the platform keeps them: ids that end after days, addresses that end after minutes and need the token."""

import hashlib
import re

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call
from channels_app.emulators.graph.state import Node
from channels_app.emulators.web import Request, Response, json_response
from channels_app.emulators.whatsapp.state import Fields, Media, Number
from channels_app.emulators.whatsapp.world import World

UPLOAD_LIFE, INBOUND_LIFE, LINK_LIFE = 30 * 24 * 3600, 7 * 24 * 3600, 300
MB = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
#: The types that are taken, and their largest size.
LIMITS = {
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * MB),
    "image/webp": 500 * 1024,
    **dict.fromkeys(("video/mp4", "video/3gpp"), 16 * MB),
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MB),
    **dict.fromkeys(
        ("text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
         f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet", f"{_OFFICE}presentationml.presentation"),
        100 * MB,
    ),
}  # fmt: skip
_LINK = re.compile(r"/lookaside/whatsapp_business/attachments/(?P<key>[A-Za-z0-9]+)")


class Files:
    """The files of every number, and the addresses that still open."""

    def __init__(self, world: World) -> None:
        self._world = world
        edges = world.graph.kernel.edges
        edges.add("number", "POST", "media", self._upload)
        edges.add("media", "GET", "", self._show)
        edges.add("media", "DELETE", "", self._delete)

    def add(self, number: Number, name: str, content_type: str, content: bytes, *, life: float) -> Media:
        """Keep a file."""
        media_id = str(7 * 10**14 + self._world.graph.platform.number("media"))
        found = Media(media_id, number.id, name, content_type, content, self._world.now() + life)
        self._world.business.media[media_id] = found
        self._world.graph.platform.add_node(Node(media_id, "media", found, parent=number.id, account=number.id))
        return found

    def inbound(self, number: Number, name: str, content_type: str, content: bytes) -> Media:
        """A customer's file."""
        return self.add(number, name, content_type, content, life=INBOUND_LIFE)

    def known(self, media_id: str, number: Number) -> Media:
        """A file of a number that is still there. Raises GraphError."""
        found = self._world.business.media.get(media_id)
        if found is None or found.number != number.id or found.ends_at <= self._world.now():
            raise GraphError(
                131009, "(#131009) Parameter value is not valid", details="Media ID does not exist.", product="whatsapp"
            )
        return found

    def handle(self, request: Request) -> Response | None:
        """A download; None for another address. Nobody gets in without the token."""
        found = _LINK.fullmatch(request.path)
        if found is None:
            return None
        media_id, until = self._world.business.links.get(found["key"], ("", 0.0))
        media = self._world.business.media.get(media_id)
        if media is None or until <= self._world.now():
            return json_response({"error": "URL signature expired"}, 404)
        if self._world.graph.platform.faults_of(media.number).media_fail:
            return Response(500, b"", "text/html")
        try:
            _app, token = self._world.graph.kernel.caller(request)
        except GraphError:
            return json_response({"error": "Unauthorized"}, 401)
        if not self._world.graph.platform.may_touch(token, self._world.graph.platform.nodes[media.id]):
            return json_response({"error": "Unauthorized"}, 401)
        return Response(200, media.content, media.content_type)

    def _upload(self, call: Call) -> Fields:
        if call.text("messaging_product") != "whatsapp":
            raise bad_parameter("The parameter messaging_product is required.")
        part = call.files.get("file")
        if part is None or not part.content:
            raise bad_parameter("Param file must be a file.")
        content_type = part.content_type.partition(";")[0].strip()
        if content_type not in LIMITS:
            raise bad_parameter(f"Param file must be a file with one of the following types: {', '.join(LIMITS)}.")
        if call.text("type") not in (content_type, ""):
            raise bad_parameter("Param type must be the type of the file.")
        if len(part.content) > LIMITS[content_type] and not content_type.startswith(("image/j", "image/p", "video")):
            raise GraphError(131053, "(#131053) Media upload error", details="The file is too big.", product="whatsapp")
        found = self.add(call.node.value, part.name, content_type, part.content, life=UPLOAD_LIFE)
        return {"id": found.id}

    def _known_by(self, call: Call) -> Media:
        media: Media = call.node.value
        asked = call.text("phone_number_id")
        if media.ends_at <= self._world.now() or media.id not in self._world.business.media or asked not in ("", media.number):
            raise GraphError(
                100,
                f"Unsupported {call.request.method.lower()} request. Object with ID '{media.id}' does not exist",
                subcode=33,
                kind="GraphMethodException",
            )
        return media

    def _show(self, call: Call) -> Fields:
        media = self._known_by(call)
        key = self._world.graph.platform.letters(40)
        life = min(self._world.graph.platform.faults_of(media.number).media_ttl_s, LINK_LIFE)
        self._world.business.links[key] = (media.id, self._world.now() + life)
        host = call.request.headers.get("host", "")
        return {
            "url": f"http://{host}/lookaside/whatsapp_business/attachments/{key}",
            "mime_type": media.content_type,
            "sha256": hashlib.sha256(media.content).hexdigest(),
            "file_size": str(len(media.content)),
            "id": media.id,
            "messaging_product": "whatsapp",
        }

    def _delete(self, call: Call) -> Fields:
        del self._world.business.media[self._known_by(call).id]
        return {"success": True}
