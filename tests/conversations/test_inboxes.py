"""What an inbox keeps when people and workers change it."""

import pytest

from channels_app.services.facts import keep_fact
from conversations.models import Inbox
from conversations.services.inboxes import change_inbox
from core.audit import Actor
from core.tenancy import scope
from tests.factories import make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db


def test_what_a_worker_kept_while_the_page_was_open_stays() -> None:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    with scope(workspace.pk):
        seen = make_inbox(colour="green")
        keep_fact(workspace.pk, seen.pk, "business", "ana", {"can_reply": True}, version=1)
        change_inbox(seen, name="Shop", settings={"colour": "blue"}, members=[owner], actor=Actor.user(owner.pk))
        kept = Inbox.objects.get(pk=seen.pk)
    assert kept.name == "Shop"
    assert kept.settings["colour"] == "blue"
    assert kept.settings["business"]["ana"]["can_reply"] is True
