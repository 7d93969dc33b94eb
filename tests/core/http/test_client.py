"""The safe client against a real server on the loopback, and against everything it must refuse."""

import asyncio
import logging
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from core.http import (
    AsyncSafeClient,
    Limits,
    RequestFailedError,
    ResponseTooLargeError,
    SafeClient,
    SafeHttpError,
    TimeLimitError,
    UnsafeAddressError,
)
from tests.core.http.conftest import Server
from tests.core.http.corpus import ANSWERS, REFUSED

#: Seconds: well before the slow server of these tests would answer by itself, on a busy machine too.
SOON = 2.5

type Get = Callable[..., httpx.Response]
type Open = Callable[..., SafeClient]


def lying_resolver(host: str, port: int) -> list[str]:
    """Answers from the corpus, a public address for `public.example`, the machine's resolver for plain addresses."""
    name = host.lower().rstrip(".")
    if name in ANSWERS:
        return ANSWERS[name]
    if name == "public.example":
        return ["93.184.215.14"]
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def fetch(
    url: str, *, mode: str, limits: Limits | None = None, private: frozenset[str] = frozenset(), **options: object
) -> httpx.Response:
    if mode == "sync":
        client = SafeClient(limits=limits, private=private, resolver=lying_resolver)
        try:
            return client.get(url, **options)
        finally:
            client.close()

    async def run() -> httpx.Response:
        client = AsyncSafeClient(limits=limits, private=private, resolver=lying_resolver)
        try:
            return await client.get(url, **options)
        finally:
            await client.close()

    return asyncio.run(run())


@pytest.fixture(params=["sync", "async"])
def get(request: pytest.FixtureRequest, server: Server) -> Get:
    """GET with the local server allowed."""

    def call(path: str, *, limits: Limits | None = None) -> httpx.Response:
        url = path if "://" in path else server.url + path
        return fetch(url, mode=request.param, limits=limits, private=frozenset({f"127.0.0.1:{server.port}"}))

    return call


@pytest.fixture
def open_client() -> Iterator[Open]:
    """SafeClient, closed after the test."""
    with ExitStack() as opened:

        def call(**options: Any) -> SafeClient:
            client = SafeClient(**options)
            opened.callback(client.close)
            return client

        yield call


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that a socket of this process tries to reach; beyond the loopback all of them are closed."""
    tried: list[object] = []
    real = socket.create_connection

    def create(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        tried.append(address)
        if address[0] not in {"127.0.0.1", "::1"}:
            raise ConnectionRefusedError
        return real(address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", create)
    return tried


def test_corpus_is_large_enough_and_has_no_repeats() -> None:
    assert len(REFUSED) >= 150
    assert len(set(REFUSED)) == len(REFUSED)


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_url_of_the_corpus_is_refused_without_a_connection(url: str, connections: list[object]) -> None:
    with pytest.raises(UnsafeAddressError):
        fetch(url, mode="sync")
    assert connections == []


def test_corpus_is_refused_by_the_async_client() -> None:
    async def run() -> list[str]:
        client = AsyncSafeClient(private=frozenset(), resolver=lying_resolver)
        passed = []
        for url in REFUSED:
            try:
                await client.get(url)
            except UnsafeAddressError:
                continue
            passed.append(url)
        await client.close()
        return passed

    assert asyncio.run(run()) == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "http://metadata.example/", "//10.0.0.1/", "http://[::1]/", "http://2130706433/"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_a_private_address_is_refused(get: Get, target: str, status: int) -> None:
    with pytest.raises(UnsafeAddressError):
        get(f"/redirect?status={status}&to={target}", limits=Limits(redirects=3))


def test_other_port_of_an_allowed_host_is_refused(get: Get, server: Server) -> None:
    other = socket.create_server(("127.0.0.1", 0))
    with pytest.raises(UnsafeAddressError):
        get(f"http://127.0.0.1:{other.getsockname()[1]}/hello")
    other.close()


def test_name_that_turns_private_between_calls_is_refused(connections: list[object], open_client: Open) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    client = open_client(private=frozenset(), resolver=rebinding)
    with pytest.raises(RequestFailedError):
        client.get("http://rebinding.example/")
    assert asked == ["rebinding.example"]  # one look-up serves both the check and the connection
    assert connections == [("93.184.215.14", 80)]
    with pytest.raises(UnsafeAddressError):
        client.get("http://rebinding.example/")
    assert len(connections) == 1


def test_allowed_server_answers(get: Get, server: Server) -> None:
    response = get("/hello")
    assert (response.status_code, response.text) == (200, "hello")
    headers = server.seen[0][2]
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert headers["user-agent"] == "Chatzee"


def test_allowed_name_is_connected_to_at_its_address_and_named_in_host(server: Server, open_client: Open) -> None:
    allowed = frozenset({f"emulator.example:{server.port}"})
    client = open_client(private=allowed, resolver=lambda host, port: ["127.0.0.1"])
    assert client.get(f"http://Emulator.example:{server.port}/hello").text == "hello"
    assert server.seen[0][2]["host"] == f"emulator.example:{server.port}"


def test_second_address_is_tried_when_the_first_does_not_listen(server: Server, open_client: Open) -> None:
    allowed = frozenset({f"emulator.example:{server.port}"})
    client = open_client(private=allowed, resolver=lambda host, port: ["::1", "127.0.0.1"])
    assert client.get(f"http://emulator.example:{server.port}/hello").text == "hello"


def test_error_status_is_a_response(get: Get) -> None:
    assert get("/error").status_code == 500


def test_redirect_is_returned_unless_asked_for(get: Get) -> None:
    response = get("/redirect?to=/hello")
    assert (response.status_code, response.headers["location"]) == (302, "/hello")


def test_redirect_is_followed_when_asked_for(get: Get) -> None:
    assert get("/redirect?to=/hello", limits=Limits(redirects=1)).text == "hello"


def test_redirect_loop_ends(get: Get, server: Server) -> None:
    with pytest.raises(RequestFailedError):
        get("/loop", limits=Limits(redirects=3))
    assert len(server.seen) == 4


def test_credentials_are_dropped_when_a_redirect_leaves_the_host(server: Server, open_client: Open) -> None:
    names = {f"one.example:{server.port}", f"two.example:{server.port}"}
    client = open_client(private=frozenset(names), resolver=lambda host, port: ["127.0.0.1"])
    there = f"http://two.example:{server.port}/hello"
    client.get(
        f"http://one.example:{server.port}/redirect?to={there}",
        headers={"Authorization": "Bearer secret"},
        limits=Limits(redirects=1),
    )
    assert ["authorization" in headers for _, _, headers in server.seen] == [True, False]


def test_cookies_are_not_kept(server: Server, open_client: Open) -> None:
    client = open_client(private=frozenset({f"127.0.0.1:{server.port}"}))
    client.get(server.url + "/hello")
    client.get(server.url + "/hello")
    assert [headers.get("cookie") for _, _, headers in server.seen] == [None, None]


def test_body_is_posted(server: Server, open_client: Open) -> None:
    client = open_client(private=frozenset({f"127.0.0.1:{server.port}"}))
    assert client.post(server.url + "/hello", json={"text": "olá"}).status_code == 200
    assert server.bodies == ['{"text":"olá"}'.encode()]


@pytest.mark.parametrize("path", ["/big", "/unannounced", "/bomb"])
def test_response_over_the_limit_is_refused(get: Get, path: str) -> None:
    with pytest.raises(ResponseTooLargeError):
        get(path, limits=Limits(max_bytes=1024 * 1024))


def test_bomb_does_not_unfold_in_memory(server: Server) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ResponseTooLargeError):
        fetch(
            server.url + "/bomb",
            mode="sync",
            private=frozenset({f"127.0.0.1:{server.port}"}),
            limits=Limits(max_bytes=300_000),
        )
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # kB; the bomb unfolds to 256 MB


def test_response_at_the_limit_is_taken(get: Get) -> None:
    assert len(get("/big", limits=Limits(max_bytes=2 * 1024 * 1024)).content) == 2 * 1024 * 1024


def test_head_of_a_large_response_is_taken(server: Server, open_client: Open) -> None:
    client = open_client(private=frozenset({f"127.0.0.1:{server.port}"}), limits=Limits(max_bytes=10))
    assert client.request("HEAD", server.url + "/big").status_code == 200


def test_gzip_is_unpacked(get: Get) -> None:
    response = get("/gzip")
    assert response.text == "olá" * 1000
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize("path", ["/brotli", "/not-gzip", "/cut"])
def test_response_that_cannot_be_read_is_an_error(get: Get, path: str) -> None:
    with pytest.raises(RequestFailedError):
        get(path)


@pytest.mark.parametrize("path", ["/drip", "/drip-headers", "/silent"])
def test_slow_server_is_left_at_the_total_limit(get: Get, path: str) -> None:
    started = time.monotonic()
    with pytest.raises(TimeLimitError):
        get(path, limits=Limits(read=1.0, total=0.5))
    assert time.monotonic() - started < SOON


def test_silence_is_left_at_the_read_limit(get: Get) -> None:
    started = time.monotonic()
    with pytest.raises(TimeLimitError):
        get("/silent", limits=Limits(read=0.3, total=10))
    assert time.monotonic() - started < SOON


def test_slow_name_look_up_is_left_at_the_limit(open_client: Open) -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["1.1.1.1"]

    client = open_client(limits=Limits(connect=0.2, total=5), resolver=slow)
    started = time.monotonic()
    with pytest.raises(TimeLimitError):
        client.get("http://slow.example/")
    assert time.monotonic() - started < SOON


def test_closed_port_is_an_error_of_ours(get: Get, server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(RequestFailedError):
        fetch(f"http://127.0.0.1:{port}/", mode="sync", private=frozenset({f"127.0.0.1:{port}"}))


def test_stream_hands_out_pieces(server: Server, open_client: Open) -> None:
    client = open_client(private=frozenset({f"127.0.0.1:{server.port}"}))
    with client.stream("GET", server.url + "/big") as (response, pieces):
        sizes = [len(piece) for piece in pieces]
    assert (response.status_code, sum(sizes)) == (200, 2 * 1024 * 1024)
    assert len(sizes) > 1


def test_connection_is_reused(server: Server, connections: list[object], open_client: Open) -> None:
    client = open_client(private=frozenset({f"127.0.0.1:{server.port}"}))
    for _ in range(3):
        client.get(server.url + "/hello")
    assert len(connections) == 1


def test_proxy_of_the_environment_is_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert fetch(server.url + "/hello", mode="sync", private=frozenset({f"127.0.0.1:{server.port}"})).text == "hello"


def test_log_holds_neither_path_nor_query(get: Get, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.INFO)
    get("/hello?token=geheim")
    with pytest.raises(SafeHttpError) as error:
        get("/cut?token=geheim")
    shown = caplog.text + "".join(capsys.readouterr()) + str(error.value)
    assert "geheim" not in shown
    assert "/cut" not in shown
