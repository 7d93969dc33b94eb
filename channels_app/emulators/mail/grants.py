"""The OAuth 2 side of a mail provider: it agrees at once, gives tokens, and takes them back when it is told to.

Codes are good once and prove their client by PKCE; access tokens live an hour on the emulator's clock.
"""

import base64
import hashlib
from urllib.parse import urlencode, urlsplit

from channels_app.emulators.mail.state import Grant, World
from channels_app.emulators.web import BadRequestError, Request, Response, json_response

LIFETIME = 3600.0
_LOCAL = ("localhost", "127.0.0.1")


def handle(world: World, request: Request) -> Response | None:
    """The answer of the provider's pages; None for another address."""
    if request.method == "GET" and request.path == "/mail/oauth/authorize":
        return _authorize(world, request.query)
    if request.method == "POST" and request.path == "/mail/oauth/token":
        return _token(world, {name: str(value) for name, value in request.fields.items()})
    return None


def revoke(world: World, address: str) -> int:
    """Take back what a person allowed; how many grants that were."""
    found = [one for one in world.grants if one.address == address.lower() and not one.is_revoked]
    for one in found:
        one.is_revoked = True
    world.access = {token: kept for token, kept in world.access.items() if kept[0] != address.lower()}
    return len(found)


def _authorize(world: World, query: dict[str, str]) -> Response:
    target = query.get("redirect_uri", "")
    if urlsplit(target).hostname not in _LOCAL:
        raise BadRequestError("redirect_uri is not on this machine.")
    address = query.get("login_hint", "").lower()
    if query.get("response_type") != "code" or query.get("code_challenge_method") != "S256" or address not in world.mailboxes:
        back = {"error": "access_denied"}
    else:
        code = world.secret()
        world.codes[code] = (address, query.get("code_challenge", ""), target)
        back = {"code": code}
    return Response(302, headers={"location": f"{target}?{urlencode({**back, 'state': query.get('state', '')})}"})


def _token(world: World, asked: dict[str, str]) -> Response:
    if not asked.get("client_id"):
        return json_response({"error": "invalid_client"}, 401)
    if asked.get("grant_type") == "authorization_code":
        address, challenge, target = world.codes.pop(asked.get("code", ""), ("", "", ""))
        proof = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if not address or proof != challenge or target != asked.get("redirect_uri"):
            return json_response({"error": "invalid_grant"}, 400)
        grant = Grant(address, world.secret())
        world.grants.append(grant)
        return json_response({**_access(world, grant), "refresh_token": grant.refresh_token})
    known = [one for one in world.grants if one.refresh_token == asked.get("refresh_token") and not one.is_revoked]
    if asked.get("grant_type") != "refresh_token" or not known:
        return json_response({"error": "invalid_grant"}, 400)
    return json_response(_access(world, known[0]))


def _access(world: World, grant: Grant) -> dict[str, object]:
    token = world.secret()
    world.access[token] = (grant.address, world.now() + LIFETIME)
    return {"access_token": token, "token_type": "Bearer", "expires_in": int(LIFETIME)}
