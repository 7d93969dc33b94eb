"""Names as they are kept: no sign in them turns the direction of writing."""

from typing import Any

import pytest
from django.forms import Form

from accounts.forms.entry import SignUpForm
from accounts.forms.personal import ProfileForm
from accounts.forms.workspace import JoinForm, NewWorkspaceForm, TeamForm, WorkspaceForm
from accounts.models import Workspace
from conversations.models import Contact
from conversations.services.contacts import edit_contact
from core.audit import Actor
from core.names import NameField, plain_name
from core.tenancy import scope
from dashboard.forms import AttributesForm, InboxForm, LabelForm
from tests.factories import make_inbox, make_workspace, receive

TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (f" Ana{TURNS} Souza ", "Ana Souza"),
        ("רות כהן", "רות כהן"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("👩\u200d🚀 Zoë", "👩\u200d🚀 Zoë"),
        (TURNS, ""),
    ],
)
def test_signs_that_turn_the_direction_are_left_out(name: str, kept: str) -> None:
    assert plain_name(name) == kept


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (SignUpForm, "name"), (SignUpForm, "company"), (ProfileForm, "name"), (JoinForm, "name"), (NewWorkspaceForm, "name"),
        (WorkspaceForm, "name"), (TeamForm, "name"), (AttributesForm, "name"), (LabelForm, "name"), (InboxForm, "name"),
    ],
)  # fmt: skip
def test_every_form_that_takes_a_name_keeps_it_plain(form: type[Form], field: str) -> None:
    assert isinstance(form.base_fields[field], NameField)


def test_name_of_such_signs_alone_is_none() -> None:
    form = NewWorkspaceForm({"name": TURNS})
    assert form.errors["name"] == ["This field is required."]


@pytest.mark.django_db(transaction=True)
def test_name_of_a_contact_is_kept_plain_whether_the_channel_or_an_agent_says_it() -> None:
    workspace: Workspace = make_workspace()
    with scope(workspace.pk):
        inbox = make_inbox()
        receive(inbox, visitor="one", name="\u202eanA")
        receive(inbox, visitor="two", name="\u202e")
        receive(inbox, visitor="two", name="Zo\u200eë")
        names: list[Any] = [one.name for one in Contact.objects.order_by("id")]
        assert names == ["anA", "Zoë"]
        contact = edit_contact(Contact.objects.earliest("id"), name="Ana\u2067 ", attributes={}, actor=Actor.system())
        assert contact.name == "Ana"
        assert contact.conversations.get().contact_name == "Ana"
