"""The product speaks four languages in full: every string has its words, with every place for a name in them."""

import re

import polib
import pytest
from django.conf import settings
from django.utils import translation

LOCALE = settings.BASE_DIR / "locale"
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACES = re.compile(r"%\([a-z_]+\)[sd]|%[sd]")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(LOCALE / language / "LC_MESSAGES" / "django.po")


def said(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Each source text with its translation."""
    if entry.msgid_plural:
        texts = [entry.msgid, entry.msgid_plural]
        return [(texts[min(number, 1)], text) for number, text in entry.msgstr_plural.items()]
    return [(entry.msgid, entry.msgstr)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated_with_its_places(language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        for source, text in said(entry):
            if entry.fuzzy or not text or sorted(PLACES.findall(source)) != sorted(PLACES.findall(text)):
                wrong.append(source)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_in_step(language: str) -> None:
    compiled = polib.mofile(str(LOCALE / language / "LC_MESSAGES" / "django.mo"))
    written = {entry.msgid: entry.msgstr for entry in catalogue(language) if not entry.msgid_plural}
    assert {entry.msgid: entry.msgstr for entry in compiled if not entry.msgid_plural} == written


def test_languages_have_the_same_strings() -> None:
    found = [sorted(entry.msgid for entry in catalogue(language)) for language in LANGUAGES]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_strings_in_templates_are_in_the_catalogue(language: str) -> None:
    """A string that somebody added to a template and to no catalogue fails here, without any tool to extract it."""
    # Django doubles the per cent signs of texts in templates.
    known = {entry.msgid.replace("%%", "%") for entry in catalogue(language)}
    simple = {"templates": re.compile(r"""\{%\s*translate\s+(["'])(.*?)\1"""), "fragments": re.compile(r"""\b_\((["'])(.*?)\1""")}
    missing = []
    for folder, pattern in simple.items():
        for path in (settings.BASE_DIR / folder).rglob("*.html"):
            missing += [text for _quote, text in pattern.findall(path.read_text()) if text not in known]
    assert missing == []


def test_chosen_language_is_spoken() -> None:
    with translation.override("pt"):
        assert translation.gettext("Conversations") == "Conversas"
