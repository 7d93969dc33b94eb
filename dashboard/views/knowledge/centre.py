"""The help centre's settings: its look, whether it is open, its domain."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from core.audit import Actor
from dashboard.answers import wrong
from dashboard.views.knowledge.forms import CentreForm, DomainForm
from knowledge.addresses import base_of
from knowledge.models import HelpCentre
from knowledge.selectors.shelves import readable
from knowledge.services import domains
from knowledge.services.centres import Look, change_centre, ensure_centre, open_to_public


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def centre(request: WorkspaceRequest) -> HttpResponseBase:
    """How the help centre looks and where it is found."""
    found = ensure_centre()
    form = CentreForm(request.POST or None, initial=CentreForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_centre(found, _look(form.cleaned_data, found), actor=Actor.user(request.user.pk))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("dashboard:help-centre", workspace=request.workspace.pk)
    return _page(request, found, form)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def opening(request: WorkspaceRequest) -> HttpResponseBase:
    """Open the help centre to everybody, or close it (`on`)."""
    open_to_public(ensure_centre(), is_open=request.POST.get("on") == "1", actor=Actor.user(request.user.pk))
    return redirect("dashboard:help-centre", workspace=request.workspace.pk)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def domain(request: WorkspaceRequest) -> HttpResponseBase:
    """Name a domain (`domain`), or ask for the named one to be looked up again (`check=1`)."""
    found, actor = ensure_centre(), Actor.user(request.user.pk)
    if request.POST.get("check"):
        domains.ask_for_check(found)
        return redirect("dashboard:help-centre", workspace=request.workspace.pk)
    form = DomainForm(request.POST)
    if not form.is_valid():
        return wrong(" ".join(map(str, form.errors["domain"])))
    domains.set_domain(found, form.cleaned_data["domain"], actor=actor)
    return redirect("dashboard:help-centre", workspace=request.workspace.pk)


def _look(given: dict[str, Any], centre: HelpCentre) -> Look:
    language = given["default_language"]
    words = {**centre.words, language: {"headline": given["headline"].strip(), "intro": given["intro"].strip()}}
    return Look(
        slug=given["slug"],
        name=given["name"].strip(),
        color=given["color"],
        languages=given["languages"],
        default_language=language,
        words=words,
        review_months=given["review_months"],
        is_indexed=given["is_indexed"],
    )


def _page(request: WorkspaceRequest, centre: HelpCentre, form: CentreForm) -> HttpResponseBase:
    context = {
        "centre": centre,
        "form": form,
        "address": base_of(centre) + "/",
        "articles": readable().count(),
        "domain_form": DomainForm(initial={"domain": centre.domain}),
        "record": domains.record_of(centre) if centre.domain else None,
        "title": _("Help centre"),
    }
    return render(request, "knowledge/help_centre.html", context, status=422 if form.errors else 200)
