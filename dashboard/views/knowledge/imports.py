"""Imports: files, pages and websites that answers may be taken from."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.selectors.evaluation import is_discarded, open_change
from ai.services.changes import settle_late_here
from knowledge.languages import CHOICES
from knowledge.models import Source
from knowledge.selectors import imports as found_imports
from knowledge.services import imports as services
from knowledge.services.centres import ensure_centre

DAYS = [
    ("0", gettext_lazy("Never")),
    ("1", gettext_lazy("Every day")),
    ("7", gettext_lazy("Every week")),
    ("30", gettext_lazy("Every month")),
]


class ImportForm(forms.Form):
    """A file, or an address."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=2000)
    is_site = forms.BooleanField(required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("", gettext_lazy("As the page says")), *CHOICES], required=False
    )
    audience = forms.ChoiceField(choices=[("public", "public"), ("internal", "internal")], initial="public")
    max_pages = forms.IntegerField(
        label=gettext_lazy("Pages at most"), min_value=1, max_value=services.MAX_PAGES, initial=200, required=False
    )
    days = forms.ChoiceField(label=gettext_lazy("Read again"), choices=DAYS, initial="0", required=False)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def imports(request: WorkspaceRequest) -> HttpResponseBase:
    """All imports with their progress, and the form for the next one."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(request, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("dashboard:import", workspace=request.workspace.pk, source=made.pk)
    rows = found_imports.sources()
    context = {
        "rows": rows,
        "form": form,
        "languages": CHOICES,
        "default_language": ensure_centre().default_language,
        "days": DAYS,
        "is_moving": any(one.is_moving for one in rows),
        "opened": request.POST.get("kind", request.GET.get("new", "")),
    }
    return render(request, "knowledge/imports.html", context, status=422 if form.errors else 200)


@require_GET
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def source(request: WorkspaceRequest, source: UUID) -> HttpResponseBase:
    """One import: how far it has come, and what was found."""
    found = get_object_or_404(Source.objects.all(), pk=source)
    settle_late_here()
    context = {
        "progress": found_imports.progress_of(found),
        "source": found,
        "items": found_imports.items_of(found),
        "change": open_change(f"source:{found.pk}"),
        "is_discarded": is_discarded(f"source:{found.pk}"),
    }
    return render(request, "knowledge/import.html", context)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def reading(request: WorkspaceRequest, source: UUID) -> HttpResponseBase:
    """Read it again now."""
    services.read_again(get_object_or_404(Source.objects.all(), pk=source), by=request.user)
    return redirect("dashboard:import", workspace=request.workspace.pk, source=source)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def deletion(request: WorkspaceRequest, source: UUID) -> HttpResponseBase:
    """Remove it, with everything that was read from it."""
    if not services.delete_source(get_object_or_404(Source.objects.all(), pk=source), by=request.user):
        return redirect("dashboard:import", workspace=request.workspace.pk, source=source)
    return redirect("dashboard:imports", workspace=request.workspace.pk)


def _add(request: WorkspaceRequest, form: ImportForm) -> Source:
    given = form.cleaned_data
    is_public = given["audience"] == "public"
    if given["file"] is not None:
        language = given["language"] or ensure_centre().default_language
        file = given["file"]
        return services.add_file(file.read(), name=file.name or "", language=language, is_public=is_public, by=request.user)
    return services.add_pages(
        given["address"],
        is_site=given["is_site"],
        language=given["language"],
        is_public=is_public,
        max_pages=given["max_pages"] or 200,
        days=int(given["days"] or 0),
        by=request.user,
    )
