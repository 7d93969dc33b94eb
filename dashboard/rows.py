"""The rows of the list as HTML, for a page and for a live update alike.

Written in Python: a page shows fifty of them, and even a compiled template took most of its time here. Everything that
was typed by somebody passes `escape`.
"""

from collections.abc import Callable, Iterable
from html import escape
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conversations.models import Conversation
from core.fragments import each_url
from core.templatetags.ui import avatar, render_icon, time_ago
from dashboard.presenters import Row

Status = Conversation.Status
#: How many labels fit beside the preview.
LABELS = 2


class _Words:
    """What every row says, asked for once."""

    def __init__(self, workspace_id: UUID) -> None:
        self.address: Callable[[object], str] = each_url("dashboard:conversation", workspace_id)
        self.unread = escape(_("unread"))
        self.spoke = {
            "outbound": f'<span class="spoke" aria-label="{escape(_("Reply"))}">{render_icon("reply", 12, "")}</span>',
            "note": f'<span class="spoke spoke-note" aria-label="{escape(_("Note"))}">{render_icon("lock", 12, "")}</span>',
        }


def rows_html(rows: Iterable[Row], workspace_id: UUID) -> SafeString:
    """The rows in their order."""
    words = _Words(workspace_id)
    return mark_safe("".join(_row(row, words) for row in rows))  # noqa: S308  # escaped below, value by value


def _row(row: Row, words: _Words) -> str:
    one = row.conversation
    name, unread = one.display_name, " data-unread" if row.is_unread else ""
    inbox_name = row.inbox.name if row.inbox else ""
    face = avatar(name, seed=one.contact_id, channel=row.channel, channel_label=inbox_name, size=32)
    return (
        f'<li class="conversation-row" id="row-{one.pk}" data-number="{one.number}" data-inbound="{one.inbound_seq}"{unread}>\n'
        f'<a class="list-row" href="{words.address(one.number)}" data-open="{one.number}"{unread}>{face}<span>\n'
        f'<span class="list-row-top"><span class="list-row-name">{escape(name)}</span>'
        f'<span class="visually-hidden unread-word">{words.unread}</span>'
        f'<span class="list-row-time">{time_ago(one.last_activity_at)}</span></span>\n'
        f'<span class="list-row-sub"><span class="list-row-preview">{words.spoke.get(one.preview_kind, "")}'
        f"{escape(one.preview) or '…'}</span>\n"
        f'<span class="list-row-chips">{_chips(row)}</span></span></span></a>\n</li>\n'
    )


def _chips(row: Row) -> str:
    one = row.conversation
    chips = [_priority(one), _status(one)]
    chips += [f'<span class="chip tone-{escape(label.color)}">{escape(label.name)}</span>' for label in row.labels[:LABELS]]
    if row.assignee:
        name = escape(row.assignee)
        face = avatar(row.assignee, seed=one.assignee_id, size=20)
        chips.append(f'<span class="row-assignee" data-tip="{name}">{face}<span class="visually-hidden">{name}</span></span>')
    return "".join(chips)


def _priority(one: Conversation) -> str:
    if one.priority < Conversation.Priority.HIGH:
        return ""
    tone = "bad" if one.priority == Conversation.Priority.URGENT else "warn"
    return f'<span class="chip chip-{tone}">{escape(one.get_priority_display())}</span>'


def _status(one: Conversation) -> str:
    if one.status == Status.SNOOZED:
        return f'<span class="chip chip-note">{render_icon("clock", 12, "")}{time_ago(one.snoozed_until)}</span>'
    if one.status == Status.PENDING:
        return f'<span class="chip">{escape(one.get_status_display())}</span>'
    return f'<span class="chip chip-good">{render_icon("check", 12, "")}</span>' if one.status == Status.RESOLVED else ""
