"""The figures on Banking77 and CLAPNQ, where their files are (CHATZEE_AI_DATA)."""

import json
import os
from typing import Any

import pytest
from django.core.management import call_command

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(
        not os.environ.get("CHATZEE_AI_DATA"), reason="CHATZEE_AI_DATA names no folder with banking77/ and clapnq/"
    ),
]


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    call_command("ai_evaluate", *arguments)
    figures: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    return figures


def test_banking77_is_known_better_than_its_paper_does_and_learned_from_few(capsys: pytest.CaptureFixture[str]) -> None:
    figures = _run(capsys, "--dataset", "banking77")
    assert figures["accuracy"] >= 0.94
    assert figures["shots_5_accuracy"] >= 0.81
    assert figures["shots_10_accuracy"] >= 0.86


def test_banking77_is_known_by_the_names_of_its_intents(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "--dataset", "banking77", "--shots", "0")["accuracy"] >= 0.6


def test_support_messages_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "--dataset", "banking77", "--task", "pii")["false_redaction_share"] <= 0.002
    # Three people say that they are 16, 17 and under 18.
    figures = _run(capsys, "--dataset", "banking77", "--task", "minor")
    assert (figures["flagged"], "minors" in figures) == (3, False)
    assert _run(capsys, "--dataset", "banking77", "--task", "language")["accuracy"] >= 0.995


def test_clapnq_is_answered_or_declined(capsys: pytest.CaptureFixture[str]) -> None:
    figures = _run(capsys, "--dataset", "clapnq")
    assert figures["hit_at_1"] >= 0.95
    assert figures["gate_auroc_removed"] >= 0.96
    assert figures["gate_auroc_topical"] >= 0.85
    assert figures["verbatim"] == 1.0
    assert min(figures["caught_number_changed"], figures["caught_name_changed"]) >= 0.95
    assert figures["caught_negation_added"] >= 0.9
    assert figures["false_alarms"] <= 0.07
