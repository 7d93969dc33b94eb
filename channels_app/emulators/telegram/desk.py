"""A small page on which one writes as a customer: `/telegram/`. It shows what a phone would show."""

from pathlib import Path

from channels_app.emulators.telegram.state import Bot, Chat, Fields
from channels_app.emulators.telegram.world import World
from channels_app.emulators.web import Request, Response, json_response

_FOLDER = Path(__file__).parent / "page"
_TYPES = {"index.html": "text/html; charset=utf-8", "desk.css": "text/css", "desk.js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_SHOWN = ("message_id", "date", "text", "caption", "edit_date", "reply_markup", "media_group_id", "reaction", "bot_reaction")
_FILES = ("photo", "video", "animation", "voice", "audio", "video_note", "sticker", "document")


class Desk:
    """The page, and the state that it shows."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Response | None:
        """The page's files, its state, and the pictures in it."""
        if request.method != "GET" or not request.path.startswith("/telegram/"):
            return None
        name = request.path.removeprefix("/telegram/") or "index.html"
        if name in _TYPES:
            headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
            return Response(200, (_FOLDER / name).read_bytes(), _TYPES[name], headers)
        if name == "state":
            return json_response(self._state())
        if name == "file":
            return self.file(request.query.get("id", ""))
        return None

    def _state(self) -> Fields:
        bots = [
            {"name": bot.first_name, "username": bot.username, "id": bot.id, "is_connected": bool(bot.webhook.url),
             "waiting": len(bot.updates), "last_error": bot.webhook.last_error, "chats": self._chats(bot)}
            for bot in self._world.platform.bots.values()
        ]  # fmt: skip
        return {"bots": bots, "now": int(self._world.clock.now())}

    def _chats(self, bot: Bot) -> list[Fields]:
        mine = [chat for (bot_id, _connection, _id), chat in self._world.platform.chats.items() if bot_id == bot.id]
        return [
            {"id": chat.id, "name": chat.title or (chat.person.first_name if chat.person else ""), "type": chat.type,
             "state": chat.state, "is_typing": "typing" in chat.actions,
             "messages": [_shown(one, bot, chat) for one in list(chat.messages.values())[-100:]]}
            for chat in mine
        ]  # fmt: skip

    def file(self, file_id: str) -> Response | None:
        """A file as a browser may show it."""
        found = self._world.files.get(file_id)
        if found is None:
            return None
        headers = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
        return Response(200, found.content, found.content_type, headers)


def _shown(message: Fields, bot: Bot, chat: Chat) -> Fields:
    author = message.get("sender_business_bot") or message.get("from") or {}
    found = {name: message[name] for name in _SHOWN if name in message}
    found["is_bot"] = author.get("id") == bot.id
    for kind in _FILES:
        if kind in message:
            stored = message[kind][-1] if kind == "photo" else message[kind]
            found["file"] = {"kind": kind, "id": stored["file_id"], "name": stored.get("file_name", "")}
            break
    if "location" in message:
        found["text"] = f"📍 {message['location']['latitude']}, {message['location']['longitude']}"
    return found
