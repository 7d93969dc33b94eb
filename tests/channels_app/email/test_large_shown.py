"""What agents see of a mail whose file was too large: its text, the file's name and size, and why it is not there."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import Workspace
from accounts.permissions import Role
from channels_app.adapters.email.envelope import Head, light_envelope
from channels_app.adapters.email.mime.lightening import lightened
from channels_app.services import fetching
from conversations.models import Attachment, Conversation
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.channels_app.email.builders import INBOX
from tests.channels_app.email.test_inbox import store
from tests.channels_app.email.test_large import large
from tests.factories import make_inbox, make_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_file_that_was_left_out_is_named_with_its_size_and_why(workspace: Workspace) -> None:
    with scope(workspace.pk):
        inbox = make_inbox("email", "Help", **INBOX.settings)
    owner = make_member(workspace, Role.OWNER)
    found = lightened([large(20_000, 3_000_000)], 100_000)
    store(inbox, [light_envelope(found, Head(received_at=datetime.now(UTC), source="test"))])
    while fetching.fetch_due():
        pass
    with scope(workspace.pk):
        files = {one.name: (one.state, one.error_code) for one in Attachment.objects.all()}
        number = Conversation.objects.get().number
    assert files == {"20000.pdf": ("attached", ""), "3000000.pdf": ("missing", "file_too_large")}
    page = signed_in(owner.user).get(reverse("dashboard:conversation", args=[workspace.pk, number])).content.decode()
    assert "Is it there?" in page
    card = page.partition("3000000.pdf")[2][:400].replace("\xa0", " ")
    assert "2.9 MB" in card
    assert "The file is too large to be kept here. Ask the customer for a link to it." in card
