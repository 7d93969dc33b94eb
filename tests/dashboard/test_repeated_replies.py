"""A browser that is not sure whether a reply arrived sends it again under the same key."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from conversations.models import Conversation, Message
from conversations.normalised import InboundMessage, Sender
from conversations.services import inbound
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def test_one_key_twice_at_once_is_one_message(superuser: psycopg.Connection[tuple[object, ...]]) -> None:
    owner = make_member(make_workspace(), Role.OWNER)
    with scope(owner.workspace_id):
        inbound.apply(make_inbox(), InboundMessage(Sender("channel", "rosa"), "1", timezone.now(), text="Hello"))
        conversation = Conversation.objects.get()
    address = reverse("dashboard:add-message", args=[owner.workspace_id, conversation.number])
    reply = {"mode": "reply", "body": "Good morning", "idempotency_key": str(uuid4())}

    def send(client: Client) -> int:
        try:
            return client.post(address, reply).status_code
        finally:
            connections.close_all()

    clients = [signed_in(owner.user), signed_in(owner.user)]
    with ThreadPoolExecutor(2) as pool:
        with superuser.transaction():
            superuser.execute("SELECT FROM conversations_conversation FOR UPDATE")
            answers = [pool.submit(send, client) for client in clients]
            while superuser.execute(WAITING).fetchone() != (2,):
                assert [answer.result() for answer in answers if answer.done()] == []
        assert [answer.result() for answer in answers] == [200, 200]
    with scope(owner.workspace_id):
        assert Message.objects.filter(kind=Message.Kind.OUTBOUND).count() == 1
