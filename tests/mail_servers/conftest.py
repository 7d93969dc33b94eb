"""The servers for the whole session, emptied for each test, and told to the product by its settings."""

import os
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from channels_app.adapters.email import oauth
from channels_app.adapters.email.receiving import storing
from channels_app.services import listening
from chatzee.env import env
from core.http import resolving, transport
from tests.mail_servers.running import MailServers, mail_servers, what_is_missing
from tests.mail_servers.shop import Shop


@pytest.fixture(scope="session")
def running_servers() -> Iterator[MailServers]:
    with mail_servers() as found:
        yield found


@pytest.fixture
def servers(running_servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServers]:
    """The servers, their authority trusted and their ports allowed as an operator would."""
    found = running_servers
    allowed = [f"localhost:{port}" for port in found.ports.values()] + [found.tokens.host]
    changed = env.model_copy(
        update={
            "http_allowed_private": allowed,
            "google_oauth_client_id": "chatzee",
            "google_oauth_token_url": found.tokens.renew_url,
        }
    )
    for module in (resolving, oauth):
        monkeypatch.setattr(module, "env", changed)
    monkeypatch.setenv(ssl.get_default_verify_paths().openssl_cafile_env, str(found.authority.path))
    # A name server has nothing to say of `.test`, and asking one would leave this machine.
    monkeypatch.setattr(storing, "_resolver", _SilentNames)
    for cached in (transport.system_trust, oauth._client):
        cached.cache_clear()
    found.empty()
    yield found
    for cached in (transport.system_trust, oauth._client):
        cached.cache_clear()


class _SilentNames:
    def lookup(self, name: str, kind: str) -> tuple[str, ...]:
        return ()


@pytest.fixture
def listener(servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[listening.Listener]:
    monkeypatch.setattr(listening, "FIRST_PAUSE", 0.1)
    found = listening.Listener()
    yield found
    found.stop()


@pytest.fixture
def open_shop(transactional_db: None, servers: MailServers, listener: listening.Listener) -> Callable[..., Shop]:
    """Makes a shop whose mailbox is being read."""

    def make(address: str = "help@shop.test", **settings: Any) -> Shop:
        shop = Shop(servers, address, **settings)
        shop.listen(listener)
        return shop

    return make


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the tests out where the servers are not installed; on the build server that is a failure."""
    missing = what_is_missing()
    if missing and item.get_closest_marker("mail"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
