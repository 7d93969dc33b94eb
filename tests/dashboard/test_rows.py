"""The list's rows and the frame around them as HTML."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines
from django.utils import timezone, translation

from core.templatetags.ui import Clock, kept, time_ago
from dashboard.context import Frame, Place

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=5, minutes=59), "5 h"),
        (timedelta(hours=6), "9 Mar"),
        (timedelta(days=40), "28 Jan"),
    ],
)
def test_time_that_has_passed_in_words(passed: timedelta, words: str) -> None:
    clock = Clock()
    clock.now = NOON
    assert clock.words(NOON - passed) == words


def test_day_is_that_of_the_time_zone_and_word_that_of_the_language() -> None:
    moment = datetime(2026, 1, 8, 23, 30, tzinfo=UTC)
    found = []
    for language, zone in (("en", "Asia/Tokyo"), ("es", "Asia/Tokyo"), ("es", "America/New_York")):
        with translation.override(language), timezone.override(zone):
            clock = Clock()
            clock.now = NOON
            found.append(clock.words(moment))
    assert found == ["9 Jan", "9 Ene", "8 Ene"]


def test_time_of_a_row_is_that_of_the_tag() -> None:
    moment = timezone.now() - timedelta(minutes=7)
    assert Clock().ago(moment) == time_ago(moment)


def test_words_of_fragments_follow_the_language_of_each_page() -> None:
    said = engines["fragments"].from_string('{{ _("Conversations") }}')
    found = []
    for language in ("en", "fr", "en", "es", "pt"):
        with translation.override(language):
            found.append(said.render({}))
    assert found == ["Conversations", "Conversations", "Conversations", "Conversaciones", "Conversas"]


def test_places_of_the_rail_name_their_keys() -> None:
    place = Place(url="/w/1/", label="Conversations", icon="inbox", keys="g c", current=True)
    html = kept("components/rail.html", Frame(places=(place,)))
    assert 'data-keys="g c" data-shortcut="g c" aria-current="page"' in html
