"""What a later reading of an import finds is measured as one change, while answers are taken from what was read before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Membership
from ai.models import Change, GoldenCase
from ai.selectors.evaluation import open_change
from ai.services import changes
from ai.services.alerts import tell_held
from ai.services.changes import discard, override
from ai.services.golden import Wanted, add_case
from core.audit.models import AuditEntry
from core.tenancy import scope
from knowledge.models import Document, Source, SourceItem
from knowledge.retrieval import Audience, candidates
from knowledge.services import reading
from knowledge.services.imports import add_pages, delete_source, read_again
from tests.ai.evaluating.measuring import Shop
from tests.knowledge.websites import PAGE, Web, web

__all__ = ["web"]

WARRANTY = "How long does the warranty of a teapot last?"
LASTS = "The warranty of a teapot lasts for 36 months after you have bought it."
MOVED = "Everything about pots that break has moved to another place of ours."
VISIT = "The studio may be visited by groups of up to 12 people on Saturdays."


@dataclass
class Read:
    """A website that was read once, and can be read again."""

    shop: Shop
    web: Web
    source: Source

    def finds(self, path: str, text: str) -> None:
        """A page says something else from now on."""
        self.web.put(path, PAGE.format(path.strip("/").title(), text))

    def again(self) -> None:
        with scope(self.shop.workspace.pk):
            Source.objects.filter(pk=self.source.pk).update(next_at=timezone.now() - timedelta(minutes=1))
        reading.sweep()
        self.goes_on()

    def goes_on(self) -> None:
        reading.read_source(self.shop.workspace.pk, self.source.pk, client=self.web.client())

    def texts(self) -> set[str]:
        """What searches find of it, each page without its heading."""
        with scope(self.shop.workspace.pk):
            found = candidates("warranty teapot pots studio groups", language="en", audience=Audience.PUBLIC)
            own = set(Document.objects.filter(item__source=self.source).values_list("id", flat=True))
            return {one.text.splitlines()[-1] for one in found if one.document_id in own}

    def trials(self) -> int:
        with scope(self.shop.workspace.pk):
            return Document.objects.filter(kind="trial").count()

    def change(self) -> Change | None:
        with scope(self.shop.workspace.pk):
            return open_change(f"source:{self.source.pk}")


@pytest.fixture
def site(shop: Shop, web: Web) -> Read:
    """A website with two pages, one of which answers a golden question."""
    web.list("/warranty", "/visits")
    with scope(shop.workspace.pk):
        source = add_pages(
            web.origin, is_site=True, language="en", is_public=True, max_pages=9, days=7, by=shop.author
        )  # fmt: skip
    found = Read(shop, web, source)
    found.finds("/warranty", LASTS)
    found.finds("/visits", VISIT)
    found.goes_on()
    with scope(shop.workspace.pk):
        item = SourceItem.objects.get(place=1)
        add_case(Wanted(WARRANTY, "en", "answer", ["36 months"], items=[item]), by=shop.author)
    shop.measured()
    return found


def test_harmless_reading_is_released_and_documents_keep_how_they_fared(site: Read) -> None:
    with scope(site.shop.workspace.pk):
        Document.objects.filter(item__place=2).update(cited_count=3)
        before = Document.objects.get(item__place=2).pk
    site.finds("/visits", "Groups of up to 20 people may visit the studio on Sundays.")
    site.finds("/glazes", "Our glazes hold no lead, and pots are safe for food.")
    site.web.list("/warranty", "/visits", "/glazes")
    site.again()
    assert VISIT in site.texts()
    assert site.trials() == 2
    site.shop.works()
    made = site.shop.newest_change()
    assert (made.kind, made.state, made.user_id) == ("reread", "published", site.shop.author.pk)
    assert len(site.texts()) == 3
    assert VISIT not in site.texts()
    with scope(site.shop.workspace.pk):
        kept = Document.objects.get(item__place=2)
        assert (kept.pk, kept.kind, kept.cited_count) == (before, "page", 3)
    assert site.trials() == 0


@pytest.mark.parametrize("is_gone", [False, True])
def test_worse_reading_is_held_and_answers_go_on_as_they_are(site: Read, owner: Membership, is_gone: bool) -> None:
    before = site.texts()
    site.finds("/visits", "Groups of up to 20 people may visit the studio on Sundays.")
    if is_gone:
        site.web.list("/visits")
    else:
        site.finds("/warranty", MOVED)
    site.again()
    site.shop.works()
    held = site.change()
    assert held is not None
    assert (held.kind, held.state, held.why) == ("reread", "held", "worse")
    assert site.texts() == before
    with scope(site.shop.workspace.pk):
        override(held, reason="There is no warranty any more.", membership=owner)
    assert (LASTS in site.texts(), len(site.texts())) == (False, 1 if is_gone else 2)
    assert site.trials() == 0


def test_reading_that_changes_nothing_submits_nothing(site: Read) -> None:
    site.again()
    with scope(site.shop.workspace.pk):
        assert not Change.objects.exists()


def test_next_reading_takes_the_place_of_what_is_held(site: Read) -> None:
    site.finds("/warranty", MOVED)
    site.again()
    site.shop.works()
    first = site.change()
    assert first is not None
    site.finds("/warranty", "Pots that break are replaced by the studio, whoever dropped them.")
    site.again()
    assert site.trials() == 1
    assert site.shop.change(first).state == "discarded"
    site.shop.works()
    second = site.change()
    assert second is not None
    assert second.state == "held"
    site.finds("/warranty", LASTS)
    site.again()
    assert (site.trials(), site.change()) == (0, None)
    assert site.shop.change(second).state == "discarded"
    assert LASTS in site.texts()


def test_what_was_changed_and_then_went_is_no_longer_taken_in(site: Read, owner: Membership) -> None:
    site.finds("/warranty", MOVED)
    site.again()
    site.web.list("/visits")
    site.again()
    site.shop.works()
    held = site.change()
    assert held is not None
    with scope(site.shop.workspace.pk):
        override(held, reason="There is no warranty any more.", membership=owner)
    assert site.texts() == {VISIT}


def test_discarded_reading_leaves_no_trial_and_is_found_again(site: Read) -> None:
    site.finds("/warranty", MOVED)
    site.again()
    site.shop.works()
    held = site.change()
    assert held is not None
    with scope(site.shop.workspace.pk):
        discard(held, by=site.shop.author)
    assert (site.trials(), LASTS in site.texts()) == (0, True)
    site.again()
    found = site.change()
    assert found is not None
    assert (found.state, site.trials()) == ("measuring", 1)


def test_reading_that_is_killed_releases_nothing_and_goes_on(site: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    before, end = site.texts(), reading._end
    site.finds("/warranty", f"{LASTS} Keep the bill.")
    site.finds("/visits", MOVED)

    def kill(source: Source, code: str) -> None:
        raise SystemExit

    monkeypatch.setattr(reading, "_end", kill)
    with pytest.raises(SystemExit):
        site.again()
    assert (site.trials(), site.change(), site.texts()) == (2, None, before)
    monkeypatch.setattr(reading, "_end", end)
    with scope(site.shop.workspace.pk):
        Source.objects.update(lease_until=timezone.now())
    site.goes_on()
    site.shop.works()
    assert site.shop.newest_change().state == "published"
    assert len(site.texts() - before) == 2


def test_measurement_of_an_earlier_reading_releases_nothing_of_the_next(site: Read) -> None:
    site.finds("/visits", MOVED)
    site.again()
    with scope(site.shop.workspace.pk):
        read_again(site.source, by=site.shop.author)
    site.shop.works()
    assert VISIT in site.texts()
    site.goes_on()
    site.shop.works()
    assert MOVED in site.texts()


def test_reading_of_somebody_who_left_is_released_by_the_system(site: Read) -> None:
    with scope(site.shop.workspace.pk):
        Source.objects.update(created_by=None)
    site.finds("/visits", MOVED)
    site.again()
    site.shop.works()
    assert MOVED in site.texts()
    with scope(site.shop.workspace.pk):
        assert AuditEntry.objects.get(action="ai.change_published").actor_id is None


def test_reading_does_not_take_back_that_the_import_is_to_be_removed(site: Read) -> None:
    with scope(site.shop.workspace.pk):
        assert delete_source(site.source, by=site.shop.author) is False
    site.finds("/visits", MOVED)
    site.again()
    waiting = site.change()
    assert waiting is not None
    assert (waiting.kind, site.trials()) == ("no_import", 1)
    assert VISIT in site.texts()


def test_without_golden_questions_a_reading_is_released_at_once(site: Read) -> None:
    with scope(site.shop.workspace.pk):
        GoldenCase.objects.all().delete()
    site.finds("/warranty", MOVED)
    site.again()
    assert MOVED in site.texts()
    assert site.trials() == 0


def test_import_that_was_never_used_goes_at_once_with_what_waits_of_it(site: Read) -> None:
    with scope(site.shop.workspace.pk):
        source = add_pages(
            f"{site.web.origin}/visits", is_site=False, language="en", is_public=True, max_pages=1, days=0, by=site.shop.author
        )
    reading.read_source(site.shop.workspace.pk, source.pk, client=site.web.client())
    change = site.shop.newest_change()
    assert (change.kind, change.state) == ("import", "measuring")
    with scope(site.shop.workspace.pk):
        assert delete_source(source, by=site.shop.author) is True
    assert site.shop.change(change).state == "discarded"


def test_admins_are_told_once_that_readings_are_held(
    site: Read, admin: Membership, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(changes, "wake_up", lambda *arguments: told.append(arguments))
    site.finds("/warranty", MOVED)
    with django_capture_on_commit_callbacks(execute=True):
        site.again()
        site.shop.works()
        first = site.change()
        site.again()
        site.shop.works()
    assert first is not None
    assert told == [(changes.TELL, str(site.shop.workspace.pk), str(first.pk))]
    held = site.change()
    assert held is not None
    tell_held(site.shop.workspace.pk, held.pk)
    assert sorted(one.to[0] for one in mail.outbox) == sorted([admin.user.email, site.shop.author.email])
    assert f"/settings/ai/evaluation/changes/{held.pk}/" in mail.outbox[0].body
    assert "would answer your golden questions worse" in mail.outbox[0].body
    with scope(site.shop.workspace.pk):
        discard(held, by=admin.user)
    mail.outbox.clear()
    tell_held(site.shop.workspace.pk, held.pk)
    assert mail.outbox == []


def test_page_of_the_import_says_how_it_stands(site: Read) -> None:
    client = Client()
    client.force_login(site.shop.author)

    def shown() -> str:
        return client.get(f"/w/{site.shop.workspace.pk}/knowledge/imports/{site.source.pk}/").content.decode()

    site.finds("/warranty", MOVED)
    site.finds("/glazes", "Our glazes hold no lead, and pots are safe for food.")
    site.web.list("/warranty", "/glazes")
    site.again()
    page = shown()
    assert "What the last reading found is measured before it is used." in page
    for words in ("Changed: not used yet", "New: not used yet", "Gone: still used"):
        assert page.count(words) == 1
    site.shop.works()
    held = site.change()
    assert held is not None
    assert "Answers get worse." in shown()
    told = client.get(f"/w/{site.shop.workspace.pk}/settings/ai/evaluation/changes/{held.pk}/").content.decode()
    for path in ("/warranty", "/visits", "/glazes"):
        assert site.web.origin + path in told
    with scope(site.shop.workspace.pk):
        discard(held, by=site.shop.author)
    assert "What the last reading found was discarded." in shown()
