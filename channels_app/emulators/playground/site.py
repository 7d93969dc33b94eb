"""The page at `/playground/`: its files, what its phones show, the files its customers send, and its faults."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from channels_app.emulators.playground import samples
from channels_app.emulators.playground.lines import Fields, Line
from channels_app.emulators.web import BadRequestError, Request, Response, json_response

ADDRESS = "/playground/"
_FOLDER = Path(__file__).parent / "page"
_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_PERSON = re.compile(r"^owner: (\S+@\S+) .*password (\S+)$", re.MULTILINE)
_SHOP = re.compile(r"https?://[^/\s]+(/\S+)")


@dataclass(frozen=True, slots=True)
class Product:
    """What the page tells of the product: its address, the sample shop's page on it, and who may sign in."""

    dashboard: str = ""
    shop: str = ""
    email: str = ""
    password: str = ""

    @classmethod
    def told_by(cls, notes: Path | None, public_url: str) -> "Product":
        """Read what the demo's command said when it was loaded; the product may have moved to another port since."""
        text = notes.read_text() if notes is not None and notes.exists() else ""
        base = public_url.rstrip("/")
        shop, person = _SHOP.search(text), _PERSON.search(text)
        email, password = person.groups() if person else ("", "")
        return cls(base, f"{base}{shop[1]}" if shop and base else "", email, password)


class Playground:
    """Answers for the page. `tell` says what there is of the product, which may be loaded after the emulator."""

    def __init__(self, lines: Sequence[Line], tell: Callable[[], Product]) -> None:
        self._lines = {one.name: one for one in lines}
        self._tell = tell

    def handle(self, request: Request) -> Response | None:
        """The answer to whatever is the page's; None for another address. Raises BadRequestError."""
        if not request.path.startswith(ADDRESS):
            return None
        name = request.path.removeprefix(ADDRESS)
        if request.method == "POST":
            return self._post(name, request)
        match name:
            case "product":
                return json_response(asdict(self._tell()))
            case "state":
                return json_response(self._state(request.query))
            case "photo":
                number = request.query.get("number", "")
                return Response(200, samples.photo(int(number) if number.isdecimal() else 0), "image/jpeg")
            case "voice":
                return Response(200, samples.voice(), "audio/ogg")
        return self._file(name or "index.html")

    def _post(self, name: str, request: Request) -> Response | None:
        # Pages of other origins cannot send JSON without asking first, and nobody answers them here.
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise BadRequestError("Send JSON.")
        if name == "faults":
            line, account, customer = self._asked(request.fields)
            line.set_faults(account, customer, [str(one) for one in request.fields.get("on") or []])
            return json_response({"on": line.faults_on(account, customer)})
        if name == "faults/end":
            for line in self._lines.values():
                line.end_faults()
            return json_response({})
        return None

    def _asked(self, fields: Fields) -> tuple[Line, str, str]:
        line = self._lines.get(str(fields.get("line") or ""))
        account = str(fields.get("account") or "")
        if line is None or account not in {one.id for one in line.accounts()}:
            raise BadRequestError("There is no such account.")
        return line, account, str(fields.get("customer") or "")

    def _state(self, query: dict[str, str]) -> Fields:
        """Every phone. The query names for each whose it is: `whatsapp=<account>|<customer>`; the first account is the usual."""
        return {line.name: self._phone(line, *query.get(line.name, "").partition("|")[::2]) for line in self._lines.values()}

    def _phone(self, line: Line, wanted: str, customer: str) -> Fields:
        accounts = line.accounts()
        account = next((one for one in accounts if one.id == wanted), accounts[0] if accounts else None)
        found: Fields = {
            "key": line.key,
            "accounts": [asdict(one) for one in accounts],
            "account": "",
            "chat": None,
            "faults": [],
        }
        if account is None:
            return found
        chat = line.chat(account.id, customer) if customer else None
        return {**found, "account": account.id, "chat": chat, "faults": line.faults_on(account.id, customer)}

    def _file(self, name: str) -> Response | None:
        path = _FOLDER / name
        if path.parent != _FOLDER or path.suffix not in _TYPES or not path.is_file():
            return None
        headers = {"content-security-policy": self._policy(), "cache-control": "no-store", "x-content-type-options": "nosniff"}
        return Response(200, path.read_bytes(), _TYPES[path.suffix], headers)

    def _policy(self) -> str:
        product = self._tell()
        return f"{_POLICY}; frame-src {product.dashboard}" if product.shop else _POLICY
