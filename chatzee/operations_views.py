"""The operator's own pages: workspaces by their counts, and the health of the queues. No names of people, no content."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Membership, Workspace
from channels_app.models import InboundEvent, OutboundDelivery
from conversations.models import Conversation, Inbox
from core.audit import Action, Actor, record
from core.audit.models import AuditEntry, AuditSeal
from core.tenancy import crossing, scope

DAYS = 14
PAGE = 50


def workspaces(request: HttpRequest) -> HttpResponse:
    """Every workspace, newest first, with its counts."""
    with crossing("operator lists workspaces"):
        page = Paginator(Workspace.objects.order_by("-created_at"), PAGE).get_page(request.GET.get("page"))
        ids = [one.pk for one in page]
        members = _by_workspace(Membership.objects.filter(workspace_id__in=ids, is_active=True))
        inboxes = _by_workspace(Inbox.objects.filter(workspace_id__in=ids))
        talks = _by_workspace(Conversation.objects.filter(workspace_id__in=ids))
        rows = [(one, members.get(one.pk, 0), inboxes.get(one.pk, 0), talks.get(one.pk, 0)) for one in page]
    return _page(request, "operations/workspaces.html", "Workspaces", rows=rows, page=page)


def workspace(request: HttpRequest, workspace: UUID) -> HttpResponse:
    """One workspace: counts by day, queues, and the head of its audit trail. Opening it is in that trail."""
    with scope(workspace):
        found = Workspace.objects.filter(pk=workspace).first()
        if found is None:
            raise Http404
        record(Action.STAFF_CROSSED, actor=Actor.staff(UUID(str(request.user.pk))), target=found)
        since = timezone.now() - timedelta(days=DAYS)
        days = (
            Conversation.objects.filter(created_at__gte=since)
            .annotate(day=TruncDate("created_at"))
            .values("day")
            .annotate(n=Count("id"))
            .order_by("-day")
        )
        context = {
            "workspace": found,
            "days": list(days),
            "roles": list(Membership.objects.filter(is_active=True).values("role").annotate(n=Count("id")).order_by("role")),
            "inboxes": list(Inbox.objects.values("channel", "is_enabled").annotate(n=Count("id")).order_by("channel")),
            "entries": AuditEntry.objects.count(),
            "head": AuditSeal.objects.order_by("-sequence").first(),
            **_queue_states(),
        }
        return _page(request, "operations/workspace.html", "Workspace", **context)


def queues(request: HttpRequest) -> HttpResponse:
    """How much is on its way in and out, over all workspaces."""
    with crossing("operator looks at the queues"):
        return _page(request, "operations/queues.html", "Queues", **_queue_states())


def _queue_states() -> dict[str, Any]:
    inbound = InboundEvent.objects.values("state").annotate(n=Count("id"), oldest=Min("received_at")).order_by("state")
    outbound = OutboundDelivery.objects.values("state").annotate(n=Count("id")).order_by("state")
    return {"inbound": list(inbound), "outbound": list(outbound)}


def _by_workspace(rows: QuerySet[Any]) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("workspace_id").annotate(n=Count("id")))


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})
