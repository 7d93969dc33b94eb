"""The widget's tokens: a ticket that proves the host page's origin, a visitor's token, a company's identity JWT.

Tickets and visitor tokens are made and signed here, hold no secret, and need no row in the database.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chatzee.env import env

TICKET_SECONDS = 300
TOKEN_SECONDS = 400 * 24 * 3600
#: A company's JWT must say when it ends, and that may be no further than this away.
IDENTITY_MAX_SECONDS = 24 * 3600
LEEWAY = 30


class TokenError(Exception):
    """A token that is missing, forged, expired, or of another inbox."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the company says the visitor is: its own customer id, and what it vouches for."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The holder of a visitor token. `id` is random and the server's; `identity` is there once proven."""

    id: str
    origin: str
    identity: Identity | None = None

    @property
    def kind(self) -> str:
        """The kind of the inbox identity under which this visitor writes."""
        return "external" if self.identity else "visitor"

    @property
    def value(self) -> str:
        """The value of that identity: a proven customer id joins devices, a visitor id never does."""
        return self.identity.id if self.identity else self.id


def new_visitor(origin: str) -> Visitor:
    """A visitor nobody has seen before."""
    return Visitor(id=str(uuid4()), origin=origin)


def make_ticket(inbox_key: str, origin: str) -> str:
    """A short-lived proof that the loader ran on a page of `origin`."""
    return _encode("ticket", inbox_key, TICKET_SECONDS, {"origin": origin})


def read_ticket(ticket: str, inbox_key: str) -> str:
    """The origin that a ticket proves. Raises TokenError."""
    return str(_decode("ticket", inbox_key, ticket)["origin"])


def make_token(inbox_key: str, visitor: Visitor) -> str:
    """A visitor's token."""
    claims: dict[str, Any] = {"sub": visitor.id, "origin": visitor.origin}
    if visitor.identity:
        claims["who"] = [visitor.identity.id, visitor.identity.name, visitor.identity.email]
    return _encode("visitor", inbox_key, TOKEN_SECONDS, claims)


def read_token(token: str, inbox_key: str) -> Visitor:
    """The visitor behind a token. Raises TokenError."""
    claims = _decode("visitor", inbox_key, token)
    who = claims.get("who")
    return Visitor(id=claims["sub"], origin=claims["origin"], identity=Identity(*who) if who else None)


def read_identity(token: str, secret: str) -> Identity:
    """The identity in a company's JWT (HS256, `sub`, `exp` at most a day away). Raises TokenError."""
    if not secret:
        raise TokenError("this inbox has no identity secret")
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], leeway=LEEWAY, options={"require": ["sub", "exp"]})
    except jwt.InvalidTokenError as error:
        raise TokenError("identity") from error
    if claims["exp"] > time.time() + IDENTITY_MAX_SECONDS + LEEWAY or not str(claims["sub"]).strip():
        raise TokenError("identity")
    return Identity(str(claims["sub"])[:200], str(claims.get("name", ""))[:120], str(claims.get("email", ""))[:254])


def _encode(purpose: str, inbox_key: str, seconds: int, claims: dict[str, Any]) -> str:
    now = int(time.time())
    return jwt.encode({**claims, "iat": now, "exp": now + seconds, "aud": f"{purpose}:{inbox_key}"}, _KEY, "HS256")


def _decode(purpose: str, inbox_key: str, token: str) -> dict[str, Any]:
    try:
        claims = _proven(purpose, inbox_key, token)
    except jwt.InvalidTokenError as error:
        raise TokenError(purpose) from error
    if claims["exp"] <= time.time():
        raise TokenError(purpose)
    return claims


@lru_cache(maxsize=4096)
def _proven(purpose: str, inbox_key: str, token: str) -> dict[str, Any]:
    """The claims of a token of ours; a visitor who writes several messages is proven once, until the token ends."""
    claims: dict[str, Any] = jwt.decode(
        token, _KEY, algorithms=["HS256"], audience=f"{purpose}:{inbox_key}", options={"require": ["exp", "aud"]}
    )
    return claims


_KEY = HKDF(SHA256(), 32, None, b"chatzee website tokens").derive(env.secret_key.get_secret_value().encode())
