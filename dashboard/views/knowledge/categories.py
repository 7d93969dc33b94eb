"""The shelves: add, rename, order, delete."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from core.audit import Actor
from dashboard.answers import done, wrong
from dashboard.views.knowledge.forms import CategoryForm
from knowledge.models import Article, Category
from knowledge.services import categories as services
from knowledge.services.centres import ensure_centre


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def categories(request: WorkspaceRequest) -> HttpResponseBase:
    """All shelves in their order, and a form for the next one."""
    centre = ensure_centre()
    form = CategoryForm(request.POST or None, languages=centre.languages)
    if request.method == "POST" and form.is_valid():
        services.add_category(form.words(), icon=form.cleaned_data["icon"], actor=Actor.user(request.user.pk))
        return redirect("dashboard:categories", workspace=request.workspace.pk)
    return _page(request, form)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def category(request: WorkspaceRequest, category: UUID) -> HttpResponseBase:
    """Change a shelf, or delete it (`delete=1`)."""
    found, actor = get_object_or_404(Category.objects.all(), pk=category), Actor.user(request.user.pk)
    if request.POST.get("delete"):
        services.delete_category(found, actor=actor)
        return redirect("dashboard:categories", workspace=request.workspace.pk)
    form = CategoryForm(request.POST, languages=ensure_centre().languages)
    if not form.is_valid():
        return wrong(" ".join(str(error) for errors in form.errors.values() for error in errors))
    services.change_category(found, words={**found.words, **form.words()}, icon=form.cleaned_data["icon"], actor=actor)
    return redirect("dashboard:categories", workspace=request.workspace.pk)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def order(request: WorkspaceRequest) -> HttpResponseBase:
    """Put the shelves into the order of `category`, or move the one in `up` or `down` by a place."""
    ids = list(Category.objects.order_by("place", "number").values_list("id", flat=True))
    for name, step in (("up", -1), ("down", 1)):
        moved = request.POST.get(name, "")
        at = next((place for place, one in enumerate(ids) if str(one) == moved), None)
        if at is not None and 0 <= at + step < len(ids):
            ids[at], ids[at + step] = ids[at + step], ids[at]
    services.order_categories(ids)
    if request.htmx:
        return done(_("Saved."))
    return redirect("dashboard:categories", workspace=request.workspace.pk)


def _page(request: WorkspaceRequest, form: CategoryForm) -> HttpResponseBase:
    centre = ensure_centre()
    held: dict[UUID | None, int] = {}
    for one in Article.objects.exclude(state=Article.State.ARCHIVED).values_list("category_id", flat=True):
        held[one] = held.get(one, 0) + 1
    rows = [
        {
            "category": one,
            "name": one.named(centre.default_language),
            "description": one.described(centre.default_language),
            "count": held.get(one.pk, 0),
            "form": CategoryForm(languages=centre.languages, words=one.words),
        }
        for one in Category.objects.order_by("place", "number")
    ]
    return render(request, "knowledge/categories.html", {"rows": rows, "form": form}, status=422 if form.errors else 200)
