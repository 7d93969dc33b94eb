"""The list of acceptance cases names tests that exist, and every case."""

import re

from chatzee.embedded.folders import REPOSITORY

_CASES = (REPOSITORY / "docs" / "acceptance.md").read_text()
_NAMED = re.compile(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`")
MISSING = {23}


def test_every_named_test_exists() -> None:
    named = _NAMED.findall(_CASES)
    assert len(named) == _CASES.count("::")
    for path, name in named:
        file = REPOSITORY / "tests" / re.sub("^c/", "channels_app/", path)
        assert f"def {name}(" in file.read_text(), f"{path}::{name}"


def test_every_case_is_shown_or_said_to_be_missing() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", _CASES, re.MULTILINE)
    assert [int(number) for number, _shown in rows] == list(range(1, 25))
    assert {int(number) for number, shown in rows if "::" not in shown} == MISSING
