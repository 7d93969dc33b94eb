"""No personal data and no secret reaches a log line, whatever the code around it does."""

import io
import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog
from hypothesis import given, strategies as st

from core.observability import logs
from core.observability.redaction import HIDDEN, redact, scrub

CANARIES = [
    "ana.souza+shop@example.com.br",
    "+55 11 98765-4321",
    "0049 (30) 901820-44",
    "11987654321",
    "4111 1111 1111 1111",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "s3cr3tT0k3nThatOpensEverything",
]
PLACE = UUID("0190f2a4-7c1e-7aaa-8bbb-123456789012")


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("frame", ["{}", "before {} after", "key=({}), next", "<{}>", '"{}"', "/reset/{}/"])
def test_scrub_hides_addresses_numbers_and_secrets(canary: str, frame: str) -> None:
    scrubbed = scrub(frame.format(canary))
    assert canary not in scrubbed
    assert HIDDEN in scrubbed


@pytest.mark.parametrize(
    "text",
    [
        f"conversation {PLACE} closed",
        "core.tenancy.scope.ScopeError",
        "2026-11-22T10:15:00Z",
        "conversations.tasks.deliver_outbound_message",
        "took 1532 ms, 20 rows, port 55432",
    ],
)
def test_scrub_keeps_what_an_operator_needs(text: str) -> None:
    assert scrub(text) == text


def test_scrub_hides_a_query_string() -> None:
    assert scrub("GET /search?q=diagnosis&page=2 done") == f"GET /search?{HIDDEN} done"


@given(st.text())
def test_scrub_never_fails_and_is_stable(text: str) -> None:
    once = scrub(text)
    assert scrub(once) == once


def test_redact_hides_texts_under_unknown_keys_and_keeps_ids_and_numbers() -> None:
    event = {"event": "mail.failed", "person": "Ana", "count": 3, "contact_id": PLACE, "error": "OSError", "row": {"name": "Ana"}}
    assert redact(None, "info", event) == {
        "event": "mail.failed",
        "person": HIDDEN,
        "count": 3,
        "contact_id": str(PLACE),
        "error": "OSError",
        "row": HIDDEN,
    }


def test_redact_keeps_a_value_from_forging_a_line() -> None:
    assert redact(None, "info", {"event": "x", "reason": "a\nb\rc"})["reason"] == "a b c"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process would print as JSON, with the logging of the run put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    logs.configure({"format": "json", "level": "INFO"})
    yield out
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)


def test_json_line_of_a_failure_names_places_not_values(lines: io.StringIO) -> None:
    try:
        int("ana@example.com")
    except ValueError:
        structlog.get_logger("test.failure").exception("import.failed", person="Ana Souza")
    line = json.loads(lines.getvalue())
    assert line["event"] == "import.failed"
    assert line["person"] == HIDDEN
    assert line["exception"].endswith("builtins.ValueError")
    assert "test_redaction.py" in line["exception"]
    assert "ana" not in lines.getvalue().lower().replace("import.failed", "")


def test_json_line_of_the_standard_library_is_scrubbed(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("login of %s failed", "ana@example.com")
    assert json.loads(lines.getvalue())["event"] == f"login of {HIDDEN} failed"
