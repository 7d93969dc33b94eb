"""The scope of a workspace: a context that opens a transaction and names the workspace to Postgres for its length."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from core.database.asking import Question, ask_all

log = structlog.get_logger(__name__)

#: The role that policies let see every workspace. The app's role may become it only by asking (`SET ROLE`).
CROSSING_ROLE = "chatzee_crossing"


class ScopeError(RuntimeError):
    """A tenant query was tried outside a scope, or in the scope of another workspace."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the code may see now: one workspace, or (`workspace_id` None) all of them for a stated reason."""

    workspace_id: UUID | None
    reason: str = ""


_OPEN = "SELECT set_config('app.workspace', %s, true), set_config('role', 'none', true)"

_scope: ContextVar[Scope | None] = ContextVar("chatzee_scope", default=None)


def current_scope() -> Scope:
    """The scope in force. Raises ScopeError outside one."""
    found = _scope.get()
    if found is None:
        raise ScopeError("No workspace scope is open: wrap this in scope(workspace) or crossing(reason).")
    return found


def is_scoped() -> bool:
    """Whether a scope, or a crossing, is open: its transaction must not wait for the network."""
    return _scope.get() is not None


def current_workspace_id() -> UUID:
    """The id of the workspace in scope. Raises ScopeError outside a scope, and while crossing workspaces."""
    found = current_scope()
    if found.workspace_id is None:
        raise ScopeError("This needs one workspace, but the code is crossing workspaces.")
    return found.workspace_id


@contextmanager
def scope(workspace_id: UUID, *questions: Question[Any]) -> Iterator[list[Any]]:
    """Open a transaction in which only rows of `workspace_id` can be read or written.

    Gives the answers to `questions`, which are asked inside it in the trip that opens it. The same workspace may be nested (it
    joins the outer transaction); another one raises ScopeError: leave first.
    """
    outer = _scope.get()
    if outer is not None and outer.workspace_id == workspace_id:
        yield ask_all(*questions) if questions else []
        return
    if outer is not None and outer.workspace_id is not None:
        raise ScopeError("A scope of another workspace is already open.")
    goes_on = connection.in_atomic_block
    with transaction.atomic(savepoint=outer is not None):
        _opened, *answers = ask_all(Question(_OPEN, [str(workspace_id)], len), *questions)
        token = _scope.set(Scope(workspace_id))
        try:
            yield answers
        finally:
            _scope.reset(token)
            if goes_on:
                _restore(outer)


@contextmanager
def crossing(reason: str) -> Iterator[None]:
    """Open a transaction that sees every workspace. For workers, sweepers and operator's staff; `reason` is logged.

    Joins an outer crossing. Inside a workspace's scope it raises ScopeError: code that serves one workspace has no
    business with the others.
    """
    outer = _scope.get()
    if outer is not None:
        if outer.workspace_id is None:
            yield
            return
        raise ScopeError("Cannot cross workspaces from inside the scope of one.")
    goes_on = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [CROSSING_ROLE])
        log.debug("scope.crossing", reason=reason)
        token = _scope.set(Scope(None, reason))
        try:
            yield
        finally:
            _scope.reset(token)
            if goes_on:
                _restore(None)


def _restore(outer: Scope | None) -> None:
    """Put back what Postgres knew before, for an outer transaction (a test, a crossing) that goes on; else it ends with ours."""
    if not connection.in_atomic_block or connection.needs_rollback:
        return
    role = CROSSING_ROLE if outer is not None else "none"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.workspace', '', true), set_config('role', %s, true)", [role])
