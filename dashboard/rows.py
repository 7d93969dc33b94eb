"""The rows of the list as HTML, for a page and for a live update alike.

Written in Python: a page shows fifty of them, and even a compiled template took most of its time here. Everything that
was typed by somebody passes `escape`.
"""

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from html import escape
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conversations.models import Conversation
from conversations.selectors.listed import Listed
from core.fragments import each_url
from core.templatetags.ui import Badge, Clock, badge, face, render_icon
from dashboard.presenters import Row

Status = Conversation.Status
_OPEN, _HIGH = Status.OPEN.value, Conversation.Priority.HIGH.value
#: How many labels fit beside the preview.
LABELS = 2


class _Common:
    """What rows have in common, looked up once for all of them."""

    def __init__(self, workspace_id: UUID) -> None:
        self.address: Callable[[object], str] = each_url("dashboard:conversation", workspace_id)
        self.clock = Clock()
        self.unread, self.spoke = _words(self.clock.language)


@cache
def _words(language: str | None) -> tuple[str, dict[str, str]]:
    """The word for unread, and the sign of who spoke last, in the language, which is the active one."""
    return escape(_("unread")), {
        "outbound": f'<span class="spoke" aria-label="{escape(_("Reply"))}">{render_icon("reply", 12, "")}</span>',
        "note": f'<span class="spoke spoke-note" aria-label="{escape(_("Note"))}">{render_icon("lock", 12, "")}</span>',
    }


def rows_html(rows: Iterable[Row], workspace_id: UUID) -> SafeString:
    """The rows in their order."""
    common = _Common(workspace_id)
    return mark_safe("".join([_row(row, common) for row in rows]))  # noqa: S308  # escaped below, value by value


def _row(row: Row, common: _Common) -> str:
    one = row.conversation
    name, unread = one.display_name, " data-unread" if row.is_unread else ""
    # Open goes without saying: most rows are.
    status = "" if one.status == _OPEN else f' data-status="{one.status}"'
    sign = badge(row.inbox.channel, row.inbox.name) if row.inbox else Badge()
    picture = face(name, seed=one.contact_id, size=32, sign=sign)
    return (
        f'<li class="conversation-row" id="row-{one.id}" data-number="{one.number}" data-inbound="{one.inbound_seq}"'
        f"{status}{unread}>\n"
        f'<a class="list-row" href="{common.address(one.number)}" data-open="{one.number}"{unread}>{picture}<span>\n'
        f'<span class="list-row-top"><span class="list-row-name">{escape(name)}</span>'
        f'<span class="visually-hidden unread-word">{common.unread}</span>'
        f'<span class="list-row-time">{common.clock.ago(one.last_activity_at)}</span></span>\n'
        f'<span class="list-row-sub"><span class="list-row-preview">{common.spoke.get(one.preview_kind, "")}'
        f"{escape(one.preview) or '…'}</span>\n"
        f'<span class="list-row-chips">{_chips(row, common)}</span></span></span></a>\n</li>\n'
    )


def _chips(row: Row, common: _Common) -> str:
    one = row.conversation
    chips = _priority(one.priority, common.clock.language) if one.priority >= _HIGH else ""
    if one.status != _OPEN:
        chips += _status(one, common)
    for label in row.labels[:LABELS]:
        chips += _label(label.color, label.name)
    if row.assignee and one.assignee_id:
        chips += _member(row.assignee, one.assignee_id)
    return chips


@lru_cache(maxsize=1024)
def _label(color: str, name: str) -> str:
    return f'<span class="chip tone-{escape(color)}">{escape(name)}</span>'


@lru_cache(maxsize=1024)
def _member(name: str, pk: UUID) -> str:
    tip, picture = escape(name), face(name, seed=pk, size=20)
    return f'<span class="row-assignee" data-tip="{tip}">{picture}<span class="visually-hidden">{tip}</span></span>'


@cache
def _priority(priority: int, language: str | None) -> str:
    """The chip of a high priority in the language, which is the active one."""
    tone = "bad" if priority == Conversation.Priority.URGENT else "warn"
    return f'<span class="chip chip-{tone}">{escape(str(Conversation.Priority(priority).label))}</span>'


def _status(one: Conversation | Listed, common: _Common) -> str:
    status = one.status
    if status == Status.SNOOZED:
        until = common.clock.ago(one.snoozed_until) if one.snoozed_until else ""
        return f'<span class="chip chip-note">{render_icon("clock", 12, "")}{until}</span>'
    if status == Status.PENDING:
        return f'<span class="chip">{escape(str(Status(status).label))}</span>'
    return f'<span class="chip chip-good">{render_icon("check", 12, "")}</span>'
