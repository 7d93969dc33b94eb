"""The audit page speaks in words, whatever the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from accounts.models import Workspace
from accounts.permissions import Role
from core.audit import Action, Actor, record
from core.tenancy import scope
from dashboard.audit_words import _TARGETS, action_words
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_workspace

ROOT = Path(__file__).parents[2]
OURS = ("accounts", "ai", "channels_app", "chatzee", "conversations", "core", "dashboard", "knowledge")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")


def codes_of(module: ast.Module) -> Iterator[str]:
    """The codes that a module writes: texts given to `record`, or to a function of it that hands an `action` on."""
    functions = (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))
    handing_on = {one.name for one in functions if any(arg.arg == "action" for arg in (*one.args.args, *one.args.kwonlyargs))}
    recording = {"record", "record_everywhere", *handing_on}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in recording:
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                texts = (one.value for one in ast.walk(given) if isinstance(one, ast.Constant) and isinstance(one.value, str))
                yield from (text for text in texts if CODE.fullmatch(text))


def written_codes() -> set[str]:
    modules = [ast.parse(path.read_text()) for app in OURS for path in (ROOT / app).rglob("*.py")]
    found = {code for module in modules for code in codes_of(module)}
    # The one code that is put together, of what the budget has come to.
    return found - {"ai.budget_"} | {"ai.budget_warned", "ai.budget_stopped"} | set(Action)


def test_codes_are_found_where_they_are_written() -> None:
    assert {"article.archived", "ai.switched_on", "label.saved", "session.signed_in"} < written_codes()


@pytest.mark.parametrize("code", sorted(written_codes()))
def test_every_code_has_words(code: str) -> None:
    assert action_words(code) != code


def test_named_targets_are_models() -> None:
    assert [label for label in _TARGETS if apps.get_model(label)._meta.label_lower != label] == []


@pytest.mark.django_db(transaction=True)
def test_page_says_words_and_keeps_the_code_on_hover() -> None:
    workspace: Workspace = make_workspace()
    owner = make_member(workspace, Role.OWNER).user
    with scope(workspace.pk):
        record(Action.INBOX_SECRETS_SHOWN, actor=Actor.user(owner.pk), target=make_inbox())
        record("later.release", actor=Actor.system())
    page = signed_in(owner).get(f"/w/{workspace.pk}/settings/audit/").content.decode()
    assert "Looked at an inbox&#x27;s secrets" in page
    assert 'title="inbox.secrets_shown"' in page
    assert 'title="conversations.inbox' in page
    assert ">later.release<" in page
