"""The settings' front door, the labels and the audit trail."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from conversations.models import Label
from conversations.selectors.labels import labels_with_counts
from conversations.services import labels as label_services
from core.audit import Actor
from core.audit.models import AuditEntry
from core.audit.record import ActorKind
from dashboard.audit_words import action_words, target_words
from dashboard.forms import TONE_CHOICES, LabelForm
from dashboard.settings_nav import settings_nav
from dashboard.wording import names

AUDIT_PAGE = 100


@require_GET
@workspace_view(Permission.MEMBERS_VIEW)
def home(request: WorkspaceRequest) -> HttpResponseBase:
    """To the first page of the settings that the member may see."""
    parts = settings_nav(request.membership, "")
    if not parts:
        raise PermissionDenied
    return redirect(parts[0]["links"][0]["url"])


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.LABELS_MANAGE)
def labels(request: WorkspaceRequest) -> HttpResponseBase:
    """The labels: add, rename, recolour, delete."""
    form = LabelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        label_services.save_label(form.save(commit=False), actor=Actor.user(request.user.pk))
        return redirect("dashboard:labels-settings", workspace=request.workspace.pk)
    context = {"form": form, "labels": labels_with_counts(), "tones": TONE_CHOICES}
    return render(request, "dashboard/settings/labels.html", context, status=422 if form.errors else 200)


@require_POST
@workspace_view(Permission.LABELS_MANAGE)
def label(request: WorkspaceRequest, label: UUID) -> HttpResponseBase:
    """Rename or recolour a label, or delete it (`delete=1`)."""
    found = get_object_or_404(Label.objects.all(), pk=label)
    actor = Actor.user(request.user.pk)
    if request.POST.get("delete"):
        label_services.delete_label(found, actor=actor)
        return redirect("dashboard:labels-settings", workspace=request.workspace.pk)
    form = LabelForm(request.POST, instance=found)
    if form.is_valid():
        label_services.save_label(form.save(commit=False), actor=actor)
        return redirect("dashboard:labels-settings", workspace=request.workspace.pk)
    context = {"form": form, "labels": labels_with_counts(), "tones": TONE_CHOICES}
    return render(request, "dashboard/settings/labels.html", context, status=422)


@require_GET
@workspace_view(Permission.AUDIT_VIEW)
def audit(request: WorkspaceRequest) -> HttpResponseBase:
    """Who did what, newest first; ids and kinds, never content."""
    entries = AuditEntry.objects.order_by("-id")
    before = request.GET.get("before", "")
    try:
        entries = entries.filter(id__lt=UUID(before)) if before else entries
    except ValueError:
        return redirect("dashboard:audit", workspace=request.workspace.pk)
    page = list(entries[: AUDIT_PAGE + 1])
    people = names().people
    context = {
        "entries": [
            (one, _who(one, people), action_words(one.action), target_words(one.target_type)) for one in page[:AUDIT_PAGE]
        ],
        "before": page[AUDIT_PAGE - 1].pk if len(page) > AUDIT_PAGE else None,
        "title": _("Audit trail"),
    }
    return render(request, "dashboard/settings/audit.html", context)


def _who(entry: AuditEntry, people: dict[str, str]) -> str:
    if entry.actor_kind == ActorKind.USER:
        return people.get(str(entry.actor_id), _("a former member"))
    return {ActorKind.CONTACT: _("a contact"), ActorKind.STAFF: _("our staff")}.get(ActorKind(entry.actor_kind), _("Chatzee"))
