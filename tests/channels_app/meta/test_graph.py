"""The Graph API's client, against the emulator: who is let in, what refusals mean, what stays in doubt."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from channels_app.adapters.meta import graph, oauth
from channels_app.adapters.meta.errors import COMMON, ERRORS, Answer, error_of
from channels_app.adapters.meta.graph import VERSION, Graph, answer_of
from channels_app.contract import ChannelError, SignInWay
from core.http import SafeClient
from tests.channels_app.meta.conftest import APP, NODE, SECRET, TOKEN
from tests.emulators.running import Running


def refused(line: Graph, path: str = f"{NODE}/nothing") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        line.get(path)
    return caught.value


def test_words_for_every_meaning() -> None:
    assert {one.code for one in COMMON.values()} <= set(ERRORS)


def test_token_of_nobody_stops_the_inbox(meta: Running) -> None:
    error = refused(Graph("EAA-guess"))
    assert (error.code, error.stops_inbox) == ("token_void", True)
    assert "guess" not in error.detail


@pytest.mark.parametrize(
    ("subcode", "code"), [(458, "app_removed"), (460, "password_changed"), (463, "token_expired"), (467, "token_void")]
)
def test_revoked_token_says_why(meta: Running, subcode: int, code: str) -> None:
    meta.control("graph/revocations", token=TOKEN, subcode=subcode)
    error = refused(Graph(TOKEN))
    assert (error.code, error.stops_inbox) == (code, True)


def test_proof_of_the_apps_secret_is_sent_and_checked(meta: Running) -> None:
    meta.control("graph/apps", id=APP, requires_proof=True)
    assert refused(Graph(TOKEN)).code == "refused"
    assert "appsecret_proof" in refused(Graph(TOKEN, secret="another")).detail
    assert "path components" in refused(Graph(TOKEN, secret=SECRET)).detail


def test_unknown_node_is_told_from_a_void_token(meta: Running) -> None:
    error = refused(Graph(TOKEN), "424242")
    assert (error.code, error.stops_inbox, error.permanent) == ("no_such_account", False, True)


def test_unknown_version_is_refused(meta: Running) -> None:
    answer = httpx.get(f"{meta.url}/graph/v3.0/{NODE}", headers={"authorization": f"Bearer {TOKEN}"}).json()
    assert answer["error"]["code"] == 2635
    assert VERSION == "v26.0"


def answered(status: int, body: object, **headers: str) -> ChannelError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(status, json=body, headers=named)
    return error_of(answer_of(response), COMMON)


def test_business_usage_tells_how_long_to_wait() -> None:
    usage = '{"100":[{"type":"messages","call_count":100,"estimated_time_to_regain_access":7}]}'
    error = answered(400, {"error": {"code": 4, "message": "x"}}, x_business_use_case_usage=usage)
    assert (error.code, error.retry_after, error.permanent) == ("slow_down", 420.0, False)


@pytest.mark.parametrize("value", ["", "[]", "{", '{"1":5}', '{"1":[5]}', '{"1":[{"estimated_time_to_regain_access":"x"}]}'])
def test_odd_usage_headers_are_as_none(value: str) -> None:
    error = answered(400, {"error": {"code": 17}}, x_business_use_case_usage=value, x_app_usage=value)
    assert error.retry_after == 60.0


def test_error_without_a_code_is_a_refusal() -> None:
    assert answered(400, {"error": "x"}).code == "refused"
    assert answered(400, {"error": {"code": "4"}}).permanent
    assert answered(503, {"error": {"code": 2, "is_transient": True}}).code == "unavailable"
    assert error_of(Answer(429), COMMON).code == "slow_down"


def test_detail_quotes_nobody() -> None:
    error = answered(400, {"error": {"code": 100, "message": 'Param "Olá Zoë" to +5511 99999 8888 is wrong'}})
    assert error.detail == "100/0 Param … to … is wrong"


class Odd(BaseHTTPRequestHandler):
    """Answers by its path: a gateway's page, a cut line."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        if self.path.startswith(f"/{VERSION}/page"):
            self.send_response(502)
            self.send_header("content-length", "4")
            self.end_headers()
            self.wfile.write(b"<p>!")
        else:
            self.connection.close()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its parent's name
        return


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Odd)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    client = SafeClient(private=frozenset({f"127.0.0.1:{server.server_port}"}))
    monkeypatch.setattr(graph, "_client", lambda: client)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    client.close()


@pytest.mark.parametrize("path", ["page", "cut"])
def test_lost_answer_is_in_doubt_unless_repeating_is_harmless(odd: str, path: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Graph("t", base=odd).post(path, {"to": "1"})
    assert (caught.value.code, caught.value.is_ambiguous) == ("unconfirmed", True)
    with pytest.raises(ChannelError) as caught:
        Graph("t", base=odd).post(path, {"to": "1"}, is_repeatable=True)
    assert not caught.value.is_ambiguous


def test_line_that_is_never_there_is_no_doubt(odd: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Graph("t", base="http://127.0.0.1:9").post("x", {})
    assert (caught.value.code, caught.value.is_ambiguous, caught.value.is_inbox_wide) == ("no_connection", False, True)


def test_token_goes_to_meta_alone() -> None:
    for url in ("https://evil.example/x", "http://lookaside.fbsbx.com/x", "https://fbsbx.com.evil.example/x", "ftp://x"):
        with pytest.raises(ChannelError) as caught:
            Graph("t", base="https://graph.facebook.com").download(url)
        assert caught.value.code == "refused"


@pytest.fixture
def signed_in(meta: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    class Env:
        meta_app_id = APP
        meta_dialog_url = f"{meta.url}/facebook"

        class meta_app_secret:  # noqa: N801  # stands in for a setting
            @staticmethod
            def get_secret_value() -> str:
                return SECRET

    monkeypatch.setattr(oauth, "env", Env)
    return meta


def granted(server: Running, **asked: str) -> str:
    """The code of a person who pressed the dialog's button."""
    url = oauth.dialog_url(SignInWay("s1", "https://us.example/back", ""), **asked)
    page = httpx.get(url)
    assert page.status_code == 200
    form = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    back = httpx.post(url.partition("?")[0], data={**form, "answer": "yes"})
    said = parse_qs(urlsplit(back.headers["location"]).query)
    assert said["state"] == ["s1"]
    return said["code"][0]


def test_code_is_good_once_and_for_half_a_minute(signed_in: Running) -> None:
    code = granted(signed_in, config_id="77")
    token = oauth.exchange_code(code, redirect_uri="https://us.example/back")
    known = oauth.inspect_token(token, app_id=APP, secret=SECRET)
    assert (known.is_valid, known.app_id, known.user_id, known.expires_at) == (True, APP, NODE, None)
    for late in (0, 31):
        code = code if not late else granted(signed_in, config_id="77")
        signed_in.advance(late)
        with pytest.raises(ChannelError) as caught:
            oauth.exchange_code(code, redirect_uri="https://us.example/back")
        assert (caught.value.code, caught.value.permanent) == ("code_void", True)


def test_token_of_a_person_is_lengthened(signed_in: Running) -> None:
    short = oauth.exchange_code(granted(signed_in), redirect_uri="https://us.example/back")
    ends = [oauth.inspect_token(one, app_id=APP, secret=SECRET).expires_at for one in (short, oauth.long_lived(short))]
    assert ends[0] is not None
    assert ends[1] is not None
    assert 50 < (ends[1] - ends[0]).days < 61


def test_wrong_secret_of_the_app_is_told(signed_in: Running) -> None:
    with pytest.raises(ChannelError) as caught:
        oauth.inspect_token(TOKEN, app_id=APP, secret="another")
    assert caught.value.code == "app_wrong"
