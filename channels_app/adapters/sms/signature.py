"""Twilio's signature of a webhook: over the address that it called and every parameter, or the hash of a JSON body.

The address is ours as Twilio knows it, with and without its port, never what a proxy or a Host header says.
"""

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, parse_qsl, urlsplit

from channels_app.contract import InboxConfig, RawRequest, RefusedError
from chatzee.env import env

HEADER = "x-twilio-signature"
SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"
#: Where Twilio finds us.
_BASE = env.edge_url.rstrip("/")
_HASHES = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_REFUSED = ("signature", "This is not signed by the inbox's Twilio account.")


def check(request: RawRequest, inbox: InboxConfig) -> Mapping[str, str]:
    """Prove a webhook and return its parameters, the first value of each. Raises RefusedError; fails closed."""
    algorithm = _algorithm(request.headers.get(SETTINGS_HEADER, ""))
    # A shared key has a secret of its own; the account's token signs all else.
    secret = str(inbox.settings.get("shared_key" if algorithm == "HMAC_SHA256" else "auth_token") or "")
    given = request.headers.get(HEADER, "")
    # The address is part of what is signed: a call to one inbox proves nothing to another of the same account.
    is_here = request.path.rstrip("/").endswith(f"/{inbox.key}")
    if not secret or not given or algorithm not in _HASHES or not is_here:
        raise RefusedError(401, *_REFUSED)
    pairs = _pairs(request)
    # Every form of the address is compared, so that the time taken says nothing.
    proven = [hmac.compare_digest(signature(url, pairs, secret, algorithm), given.encode()) for url in _addresses(request)]
    if not any(proven):
        raise RefusedError(401, *_REFUSED)
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def signature(url: str, pairs: Sequence[tuple[str, str]], secret: str, algorithm: str = "HMAC_SHA1") -> bytes:
    """The signature of a call: the address, then each parameter's name and values, sorted, each once."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    for name, value in pairs:
        values[name].add(value)
    said = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
    return base64.b64encode(hmac.new(secret.encode(), said.encode(), _HASHES[algorithm]).digest())


def _algorithm(settings: str) -> str:
    """The algorithm that the settings' header names (`key=…,algorithm=…`); without one the account's token signed."""
    for part in settings.split(","):
        name, _equals, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _pairs(request: RawRequest) -> list[tuple[str, str]]:
    """The form's fields; none for JSON, whose hash stands in the signed address. Raises RefusedError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    expected = parse_qs(request.query).get("bodySHA256", [""])[0]
    if kind == "application/json":
        if not expected or not hmac.compare_digest(hashlib.sha256(request.body).hexdigest().encode(), expected.lower().encode()):
            raise RefusedError(401, *_REFUSED)
        return []
    try:
        return parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=bool(request.body), max_num_fields=500)
    except ValueError:
        raise RefusedError(400, "malformed", "This is no form.") from None


def _addresses(request: RawRequest) -> list[str]:
    """Our address as Twilio may have written it: with and without the port."""
    base = urlsplit(_BASE)
    port = base.port or (443 if base.scheme == "https" else 80)
    tail = request.path + (f"?{request.query}" if request.query else "")
    host = base.hostname or ""
    return [f"{base.scheme}://{place}{base.path}{tail}" for place in (host, f"{host}:{port}")]
