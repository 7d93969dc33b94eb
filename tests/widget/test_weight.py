"""What a visitor and an agent have to load, compressed, and the words of all languages."""

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path

import django_htmx
import pytest

STATIC = Path(__file__).parents[2] / "static"
FRAME = STATIC / "widget" / "frame"
LANGUAGES = ("en", "pt", "es", "fr")


def compressed(files: Iterable[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def words(language: str) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = json.loads((FRAME / "locales" / f"{language}.json").read_text())
    return found


def texts(entry: str | dict[str, str]) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


def test_loader_weighs_less_than_10_kb() -> None:
    assert compressed([STATIC / "widget" / "loader.js"]) <= 10_000


def test_frame_weighs_less_than_60_kb() -> None:
    assert compressed([*FRAME.rglob("*.js"), *FRAME.rglob("*.css"), FRAME / "locales" / "fr.json"]) <= 60_000


def test_dashboard_scripts_weigh_less_than_90_kb() -> None:
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert compressed([*(STATIC / "js").rglob("*.js"), htmx]) <= 90_000


def test_dashboard_styles_weigh_less_than_40_kb() -> None:
    assert compressed((STATIC / "css").rglob("*.css")) <= 40_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_every_word_with_the_same_values(language: str) -> None:
    own, english = words(language), words("en")
    assert own.keys() == english.keys()
    for key, entry in english.items():
        wanted = {name for text in texts(entry) for name in re.findall(r"\{(\w+)\}", text)}
        found = {name for text in texts(own[key]) for name in re.findall(r"\{(\w+)\}", text)}
        assert (key, found) == (key, wanted)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_catalogue_is_written_in_its_language(language: str) -> None:
    same = {key for key, entry in words("en").items() if words(language)[key] == entry}
    assert same <= {"emoji"} | ({"source"} if language == "fr" else set())


def test_every_word_that_is_asked_for_exists() -> None:
    source = "\n".join(file.read_text() for file in FRAME.rglob("*.js"))
    asked = set(re.findall(r"\b(?:t|words)\(\"(\w+)\"", source))
    assert len(asked) > 50
    assert {key for key in asked if key not in words("en")} == set()


def test_no_text_of_a_person_is_read_as_html() -> None:
    risky = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc")
    found = {
        file.name
        for file in [*FRAME.rglob("*.js"), STATIC / "widget" / "loader.js", *(STATIC / "js").glob("*.js")]
        if risky.search(file.read_text())
    }
    assert found == set()
