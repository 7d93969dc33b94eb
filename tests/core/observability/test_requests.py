"""Request ids, client addresses, health and metrics."""

import logging

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from structlog.contextvars import bound_contextvars

from chatzee.env import env
from core.observability import celery_signals, clients, health, metrics
from core.observability.middleware import HEADER


def _env_with(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    changed = env.model_copy(update=values)
    for module in ("clients", "middleware", "metrics"):
        monkeypatch.setattr(f"core.observability.{module}.env", changed)


def _request(**meta: str) -> HttpRequest:
    return RequestFactory().get("/", **meta)  # type: ignore[arg-type]  # extra WSGI variables


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "198.51.100.1"),
        (1, "not-an-address", "198.51.100.1"),
        (1, "", "198.51.100.1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_client_ip_believes_only_trusted_proxies(
    monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: str, expected: str
) -> None:
    _env_with(monkeypatch, trusted_proxies=proxies)
    assert clients.client_ip(_request(REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR=forwarded)) == expected


def test_request_id_of_a_stranger_is_replaced(client: Client) -> None:
    response = client.get("/healthz", headers={HEADER: "forged-id-0001"})
    assert response.status_code == 200
    assert len(response[HEADER]) == 32
    assert response[HEADER] != "forged-id-0001"


def test_request_id_of_a_trusted_proxy_is_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _env_with(monkeypatch, trusted_proxies=1)
    assert client.get("/healthz", headers={HEADER: "from-proxy-0001"})[HEADER] == "from-proxy-0001"
    assert client.get("/healthz", headers={HEADER: "bad id\twith spaces"})[HEADER] != "bad id\twith spaces"


def test_request_line_names_the_route_and_no_value(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="core.observability.middleware"):
        response = client.get("/nowhere/s3cr3tT0k3nThatOpensEverything/?q=ana@example.com")
    (record,) = caplog.records
    line = dict(record.msg)  # type: ignore[arg-type]  # structlog hands a dict over until it is rendered
    assert line.pop("ms") > 0
    del line["timestamp"]
    assert line == {
        "event": "request.finished",
        "method": "GET",
        "route": "(none)",
        "status": 404,
        "request_id": response[HEADER],
        "logger": "core.observability.middleware",
        "level": "info",
    }


@pytest.mark.django_db
def test_readyz_is_ready_when_every_part_answers(client: Client) -> None:
    response = client.get("/readyz")
    assert response.json() == {
        "ready": True,
        "parts": dict.fromkeys(("database", "keys", "valkey", "migrations", "keys_migrations"), "ok"),
    }
    assert response.status_code == 200


@pytest.mark.django_db
def test_readyz_names_the_part_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> bool:
        raise ConnectionError("redis://:password@10.0.0.1")

    monkeypatch.setitem(health._PROBES, "valkey", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["valkey"] == "away"
    assert b"password" not in response.content


@pytest.mark.django_db(transaction=True)
def test_metrics_are_for_this_machine_or_the_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b'chatzee_request_seconds_count{method="GET",route="healthz",status="200"}' in answer.content
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", **elsewhere).status_code == 404  # type: ignore[arg-type]
    through_proxy = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert client.get("/metrics", **through_proxy).status_code == 404  # type: ignore[arg-type]
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, **elsewhere).status_code == 404  # type: ignore[arg-type]
    _env_with(monkeypatch, metrics_token=type(env.metrics_token)("scraper"))
    wrong = client.get("/metrics", headers={"Authorization": "Bearer other"}, **elsewhere)  # type: ignore[arg-type]
    right = client.get("/metrics", headers={"Authorization": "Bearer scraper"}, **elsewhere)  # type: ignore[arg-type]
    assert (wrong.status_code, right.status_code) == (404, 200)


def test_request_id_travels_in_the_headers_of_a_task() -> None:
    headers: dict[str, object] = {}
    with bound_contextvars(request_id="abc-12345"):
        celery_signals.send_request_id(headers=headers)
    assert headers == {"request_id": "abc-12345"}
    outside: dict[str, object] = {}
    celery_signals.send_request_id(headers=outside)
    assert outside == {}


@pytest.mark.django_db(transaction=True)
def test_metrics_module_counts_by_route_not_by_path(client: Client) -> None:
    client.get("/nowhere/one/")
    client.get("/nowhere/two/")
    shown = client.get("/metrics").content.decode()
    assert "/nowhere/" not in shown
    assert metrics.REQUESTS._labelnames == ("method", "route", "status")
