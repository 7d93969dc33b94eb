"""The contact beside a conversation: what is known, as people say it."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format, time_format

from accounts.permissions import Role
from ai.models import Reading
from conversations.models import Contact, Conversation
from core.fragments import breakable
from core.tenancy import scope
from dashboard.helping import _language
from knowledge.languages import name_of
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_workspace, receive


@pytest.mark.parametrize(
    ("code", "name"),
    [("no", "Norsk"), ("nb", "Norsk (bokmål)"), ("pt-BR", "Português"), ("tl", "Tagalog"), ("xx", "xx"), ("", "")],
)
def test_language_is_said_by_its_name(code: str, name: str) -> None:
    assert name_of(code) == name


@pytest.mark.parametrize(("sure", "said"), [(0.97, "Norsk"), (0.6, "Norsk"), (0.3, ""), (0.0, "Norsk")])
def test_language_that_was_only_guessed_is_not_said(sure: float, said: str) -> None:
    assert _language(Reading(language="no", language_confidence=sure)) == said


@pytest.mark.parametrize(
    ("address", "html"),
    [
        ("ana.souza@loja-azul.pt", "ana<wbr>.souza<wbr>@loja<wbr>-azul<wbr>.pt"),
        ("+351 912", "+351 912"),
        ("<b>&a@b.c", "&lt;b&gt;&amp;a<wbr>@b<wbr>.c"),
    ],
)
def test_address_breaks_at_its_signs(address: str, html: str) -> None:
    assert breakable(address) == html


@pytest.mark.parametrize(
    ("language", "clock", "whole"),
    [
        ("en", "9:05 AM", "March 9, 2026, 9:05 AM"),
        ("pt", "09:05", "9 de Março de 2026 às 09:05"),
        ("es", "9:05", "9 de marzo de 2026 a las 9:05"),
        ("fr", "09:05", "9 mars 2026 09:05"),
    ],
)
def test_times_have_the_form_that_browsers_give_them(language: str, clock: str, whole: str) -> None:
    moment = datetime(2026, 3, 9, 9, 5, tzinfo=UTC)
    with translation.override(language):
        assert time_format(moment, "TIME_FORMAT") == clock
        assert date_format(moment, "DATETIME_FORMAT") == whole


@pytest.mark.django_db(transaction=True)
def test_panel_names_the_language_and_isolates_the_name() -> None:
    workspace = make_workspace()
    with scope(workspace.pk):
        receive(make_inbox(), name="רות כהן")
        Contact.objects.update(language="pt-BR")
        number = Conversation.objects.get().number
    client = signed_in(make_member(workspace, Role.OWNER).user)
    page = client.get(f"/w/{workspace.pk}/conversations/{number}/contact/").content.decode()
    assert "<dd>Português</dd>" in page
    assert "<bdi>רות כהן</bdi>" in page
