"""Look-up over what is encrypted: keyed hashes of canonical values and of words.

Equal values give equal hashes inside one workspace and namespace, and tell nothing across them. Values use
HMAC-SHA256; words use keyed BLAKE2b, as strong a keyed hash and four times as fast from Python (26 µs against 100 µs
for 45 words), because a keyed state can be copied.
"""

import hashlib
import hmac
from collections.abc import Iterable
from unicodedata import normalize
from uuid import UUID

import idna
import phonenumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from core.tenancy import current_workspace_id
from core.vault import keyring

INDEX_BYTES = 16
_WORDS = "search words"


def blind_index(namespace: str, value: str, *, workspace_id: UUID | None = None) -> bytes:
    """The 16-byte look-up value of a canonical `value`; `namespace` names what it is, as in "contact.email".

    Without `workspace_id` the workspace in scope is meant. Raises KeyMissingError.
    """
    key = _derived(workspace_id or current_workspace_id(), namespace)
    return hmac.digest(key, value.encode(), "sha256")[:INDEX_BYTES]


def search_tokens(words: Iterable[str], *, workspace_id: UUID) -> list[int]:
    """One signed 64-bit number per word, in the order given (a `bigint[]` under a GIN index)."""
    found = keyring.index_key(workspace_id)
    keyed = found.derived.get(_WORDS)
    if keyed is None:
        keyed = hashlib.blake2b(key=_derived(workspace_id, _WORDS), digest_size=8)
        found.derived[_WORDS] = keyed
    tokens = []
    for word in words:
        state = keyed.copy()
        state.update(word.encode())
        tokens.append(int.from_bytes(state.digest(), "big", signed=True))
    return tokens


def canonical_email(value: str) -> str:
    """An address as it is looked up: trimmed, case folded, domain in ASCII (IDNA). Dots and plus tags stay.

    Raises ValueError when it is not an address.
    """
    local, at, domain = normalize("NFC", value.strip()).rpartition("@")
    if not at or not local or not domain:
        raise ValueError("not an e-mail address")
    try:
        host = idna.encode(domain.rstrip("."), uts46=True).decode().lower()
    except idna.IDNAError:
        raise ValueError("not an e-mail address") from None
    return f"{local.casefold()}@{host}"


def canonical_phone(value: str, *, region: str | None = None) -> str:
    """A number in E.164, as in +351912345678; `region` (ISO 3166) reads numbers without a country code.

    Raises ValueError when it cannot be a telephone number.
    """
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def canonical_text(value: str) -> str:
    """Any other identifier: compatibility forms joined, case folded, white space collapsed."""
    return " ".join(normalize("NFKC", normalize("NFKC", value).casefold()).split())


def _derived(workspace_id: UUID, namespace: str) -> bytes:
    """The key of one namespace, derived from the workspace's index key."""
    found = keyring.index_key(workspace_id)
    name = f"key of {namespace}"
    derived: bytes | None = found.derived.get(name)
    if derived is None:
        derived = HKDFExpand(SHA256(), 32, f"chatzee blind index|{namespace}".encode()).derive(found.secret)
        found.derived[name] = derived
    return derived
