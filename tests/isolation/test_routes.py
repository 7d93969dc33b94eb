"""Every address, visited by everybody who has no business there, and by every role."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Invitation, Team, User
from accounts.permissions import Role, permissions_of
from ai.models import Assist, Change, GoldenCase, Intent, ModelVersion, Proposal, Provider, Use
from channels_app.models import MessageTemplate
from conversations.models import Attachment, Contact, ContactMerge, ContactNote, Label, MergeSuggestion, Message
from core.tenancy import scope
from knowledge.models import Article, ArticleVersion, Category, Gap, Picture, Source
from tests.factories import make_user, make_workspace
from tests.isolation.busy import Busy, make_busy
from tests.isolation.routes import Route, all_routes, is_of_workspace, is_operators, is_personal, is_public

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("get", "post", "delete")
SIGN_IN = "/sign-in/"


@pytest.fixture
def busy() -> Busy:
    return make_busy()


def browser(user: User | None = None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def visit(client: Client, method: str, path: str) -> tuple[int, str]:
    """Status and place of redirection of one request, whose effects are undone."""
    with transaction.atomic():
        answer = getattr(client, method)(path)
        transaction.set_rollback(True)
    return answer.status_code, answer.headers.get("Location", "")


def asks_who_is_there(answer: Any) -> bool:
    """Whether a dangerous view was not run: it asks for the password or factor first, in the view's place."""
    return answer.status_code == 200 and b"confirm_password" in answer.content


def parts_of(busy: Busy) -> dict[str, Any]:
    """Real ids of a workspace for each part that an address may have."""
    with scope(busy.workspace.pk):
        return {
            "workspace": busy.workspace.pk,
            "number": busy.conversation.number,
            "message": Message.objects.filter(kind=Message.Kind.NOTE).earliest("id").pk,
            "note": ContactNote.objects.earliest("id").pk,
            "inbox": busy.inbox.pk,
            "label": Label.objects.earliest("id").pk,
            "attachment": Attachment.objects.earliest("id").pk,
            "team": Team.objects.earliest("id").pk,
            "member": busy.members[Role.VIEWER].pk,
            "invitation": Invitation.objects.earliest("id").pk,
            "suggestion": MergeSuggestion.objects.earliest("id").pk,
            "merge": ContactMerge.objects.earliest("id").pk,
            "contact": Contact.objects.earliest("id").pk,
            "template": MessageTemplate.objects.earliest("id").pk,
            "article": Article.objects.earliest("id").number,
            "version": ArticleVersion.objects.earliest("id").pk,
            "category": Category.objects.earliest("id").pk,
            "gap": Gap.objects.earliest("id").pk,
            "source": Source.objects.earliest("id").pk,
            "provider": Provider.objects.earliest("id").pk,
            "use": Use.objects.earliest("id").pk,
            "intent": Intent.objects.earliest("id").pk,
            "proposal": Proposal.objects.earliest("id").pk,
            "assist": Assist.objects.earliest("id").pk,
            "job": Assist.objects.earliest("id").pk,
            "model": ModelVersion.objects.earliest("id").pk,
            "picture": Picture.objects.earliest("id").pk,
            "case": GoldenCase.objects.earliest("id").pk,
            "change": Change.objects.earliest("id").pk,
        }


def of_workspaces() -> list[Route]:
    return [route for route in all_routes() if is_of_workspace(route)]


def is_shut(status: int, place: str) -> bool:
    """Whether an answer lets nobody in: to the sign-in, or an error that says no more."""
    return place.startswith(SIGN_IN) if status == 302 else status in (401, 403, 404, 405)


def test_every_route_is_of_one_kind() -> None:
    for route in all_routes():
        kinds = [is_public(route), is_of_workspace(route), is_personal(route), is_operators(route)]
        assert sum(kinds) == 1, f"{route.pattern} is not listed: say in tests/isolation/routes.py who may visit it, and why"


def test_every_route_of_a_workspace_names_its_permission() -> None:
    assert [route.pattern for route in of_workspaces() if route.permission is None] == []


def test_anonymous_visitors_come_nowhere(busy: Busy) -> None:
    client, parts = browser(), parts_of(busy) | {"passkey": uuid4(), "session": uuid4()}
    for route in all_routes():
        if is_public(route) or is_operators(route):
            continue
        for method in METHODS:
            status, place = visit(client, method, route.path(parts))
            assert is_shut(status, place), f"{method} {route.pattern}: {status} {place}"


def test_stranger_finds_nothing_in_a_workspace(busy: Busy) -> None:
    stranger = make_user("Outsider")
    own = make_workspace("Casa Verde", owner=stranger)
    client, parts = browser(stranger), parts_of(busy)
    for route in of_workspaces():
        for method in METHODS:
            status, _place = visit(client, method, route.path(parts))
            assert status in (404, 405), f"{method} {route.pattern}: {status}"
            if len(route.parts) > 1:
                answer = getattr(client, method)(route.path(parts | {"workspace": own.pk}))
                is_shut_out = answer.status_code in (404, 405) or asks_who_is_there(answer)
                assert is_shut_out, f"{method} {route.pattern} in the stranger's own workspace: {answer.status_code}"


def test_former_member_is_a_stranger(busy: Busy) -> None:
    client, parts = browser(busy.members[Role.ADMIN].user), parts_of(busy)
    with scope(busy.workspace.pk):
        membership = busy.members[Role.ADMIN]
        membership.is_active = False
        membership.save(update_fields=["is_active"])
    for route in of_workspaces():
        status, _place = visit(client, "get", route.path(parts))
        assert status in (404, 405), f"{route.pattern}: {status}"


@pytest.mark.parametrize("role", list(Role))
def test_role_may_what_the_table_says(busy: Busy, role: str) -> None:
    client, parts = browser(busy.members[role].user), parts_of(busy)
    for route in of_workspaces():
        answers = {method: visit(client, method, route.path(parts))[0] for method in METHODS}
        served = {method: status for method, status in answers.items() if status != 405}
        assert served, f"{route.pattern} serves no method"
        assert all(status < 500 for status in served.values()), f"{route.pattern}: {served}"
        if route.permission in permissions_of(role):
            assert 403 not in served.values(), f"{role} is kept from {route.pattern}: {served}"
        else:
            assert set(served.values()) == {403}, f"{role} is let into {route.pattern}: {served}"


def test_operators_site_is_shut_to_everybody_else(busy: Busy) -> None:
    for client in (browser(), browser(busy.owner)):
        for route in all_routes():
            if not is_operators(route) or route.pattern.rpartition("/")[0].endswith(("login", "jsi18n")):
                continue
            values = dict.fromkeys(route.parts, 1) | {"object_id": busy.workspace.pk}
            status, place = visit(client, "get", route.path(values) if "(" not in route.pattern else "/operations/none/")
            assert status in (302, 403, 404, 405), f"{route.pattern}: {status}"
            assert status != 302 or place.startswith(("/operations/login/", SIGN_IN, "/operations/")), f"{route.pattern}: {place}"


def test_foreign_personal_things_are_not_found(busy: Busy) -> None:
    client = browser(busy.members[Role.AGENT].user)
    for route in all_routes():
        if is_personal(route) and route.parts:
            for method in METHODS:
                answer = getattr(client, method)(route.path({"passkey": uuid4(), "session": uuid4()}))
                is_shut_out = answer.status_code in (302, 404, 405) or asks_who_is_there(answer)
                assert is_shut_out, f"{method} {route.pattern}: {answer.status_code}"


def test_workspace_ids_of_nobody_are_not_found(busy: Busy) -> None:
    status, _place = visit(browser(busy.owner), "get", f"/w/{uuid4()}/")
    assert status == 404
