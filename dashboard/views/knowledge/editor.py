"""Writing an article: the editor, what it saves by itself, its versions and its states."""

from collections.abc import Callable
from difflib import SequenceMatcher
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Change
from ai.services.changes import settle_late_here
from dashboard.answers import done, wrong
from dashboard.releasing import audience_shown, change_of, is_held, is_waiting, waiting_words
from dashboard.views.knowledge.articles import article_of, gone_to
from dashboard.views.knowledge.pictures import for_team
from knowledge.addresses import article_address
from knowledge.content import lines, with_anchors
from knowledge.languages import CHOICES, direction, name_of
from knowledge.models import Article, ArticleVersion, Category
from knowledge.selectors import articles as found_articles
from knowledge.selectors.centre import open_centre
from knowledge.services import articles as services
from knowledge.services.articles import StaleArticleError
from knowledge.services.centres import ensure_centre
from knowledge.services.pictures import MAX_SIZE

_CHANGES: dict[str, Callable[..., Article]] = {
    "published": services.publish_article,
    "archived": services.archive_article,
    "draft": services.return_to_draft,
}


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def article(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """The editor; for those who may not write, the text."""
    found = article_of(request, article)
    return render(request, "knowledge/editor.html", _shown(request, found))


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def text(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """Keep what was typed. 409 tells who changed the article meanwhile; nothing of either is lost."""
    found = article_of(request, article)
    revision = request.POST.get("revision", "")
    try:
        saved = services.save_draft(
            found,
            title=request.POST.get("title", ""),
            body=request.POST.get("body", ""),
            revision=int(revision) if revision.isdigit() else -1,
            by=request.user,
        )
    except StaleArticleError as error:
        who = error.article.updated_by.name if error.article.updated_by else ""
        words = _("%(name)s has changed this article since you opened it.") % {"name": who or _("Somebody")}
        return JsonResponse({"message": words, "revision": error.article.revision}, status=409)
    except ValidationError as error:
        return wrong(error)
    return JsonResponse({"revision": saved.revision, "has_changes": found_articles.has_changes(saved)})


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def state(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """Publish, archive, or take back to draft (`state`)."""
    found, change = article_of(request, article), _CHANGES.get(request.POST.get("state", ""))
    if change is None:
        return wrong(_("Choose what should become of the article."))
    try:
        changed = change(found, by=request.user)
    except ValidationError as error:
        return wrong(error)
    if changed.state != request.POST["state"] or is_waiting(found):
        return _part(request, changed, waiting_words(found))
    words = {
        "published": _("Published. Readers see it now.") if open_centre() and changed.is_public else _("Published."),
        "archived": _("Archived. Readers no longer see it."),
        "draft": _("It is a draft again. Readers no longer see it."),
    }
    return _part(request, changed, words[changed.state])


@require_GET
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def release(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """How the change stands that is measured before it is made: the head anew, with a word once that is known."""
    found = article_of(request, article)
    settle_late_here()
    change = change_of(found)
    is_measuring = change is not None and change.state == Change.State.MEASURING
    return _part(request, found, "" if is_measuring else waiting_words(found))


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def placing(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """On which shelf it stands and who may read it, for all its languages."""
    found = article_of(request, article)
    audience = request.POST.get("audience", found.audience)
    if audience not in Article.Audience.values:
        return wrong(_("Choose who may read the article."))
    chosen = _uuid(request.POST.get("category", ""))
    category = Category.objects.filter(pk=chosen).first() if chosen is not None else None
    services.place_article(found, category=category, by=request.user)
    opened = services.open_article(found, audience=audience, by=request.user)
    return _part(request, opened, _("Saved.") if opened.audience == audience else waiting_words(opened))


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def review(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """Somebody has read it, and it is still right."""
    found = article_of(request, article)
    services.mark_reviewed(found, by=request.user)
    return _part(request, found, _("Noted: it is still right."))


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def translation(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """Begin a translation: a draft with the text of the original, to be written over."""
    found, language = article_of(request, article), request.POST.get("language", "")
    if language not in dict(CHOICES):
        return wrong(_("Choose a language."))
    try:
        made = services.create_article(
            language=language,
            by=request.user,
            title=found.title,
            body=found.body,
            category=found.category,
            audience=found.audience,
            translation_of=found,
        )
    except ValidationError as error:
        return wrong(error)
    return gone_to(request, reverse("dashboard:article", args=[request.workspace.pk, made.number]))


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def preview(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """The working copy as readers would see it."""
    found = article_of(request, article)
    body, parts = with_anchors(for_team(request, found.body))
    context = {"article": found, "body": body, "parts": parts, "direction": direction(found.language)}
    return render(request, "knowledge/preview.html", context)


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def versions(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """All versions, one of them compared with the one before it."""
    found = article_of(request, article)
    all_of_them = found_articles.versions_of(found)
    asked = _uuid(request.GET.get("version", ""))
    chosen = next((one for one in all_of_them if one.pk == asked), all_of_them[0] if all_of_them else None)
    before = next((one for one in all_of_them if chosen is not None and one.number < chosen.number), None)
    context = {
        "article": found,
        "versions": all_of_them,
        "version": chosen,
        "before": before,
        "lines": _compared(before, chosen) if chosen is not None else [],
        "can_write": request.membership.can(Permission.KNOWLEDGE_WRITE),
    }
    return render(request, "knowledge/versions.html", context)


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def restoration(request: WorkspaceRequest, article: int, version: UUID) -> HttpResponseBase:
    """Make an earlier version the working copy."""
    found = article_of(request, article)
    chosen = get_object_or_404(ArticleVersion.objects.filter(article=found), pk=version)
    services.restore_version(found, chosen, by=request.user)
    return redirect("dashboard:article", workspace=request.workspace.pk, article=found.number)


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def deletion(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """Remove the article in this language for good."""
    found = article_of(request, article)
    if not services.delete_article(found, by=request.user):
        messages.info(request, waiting_words(found))
        return redirect("dashboard:article", workspace=request.workspace.pk, article=found.number)
    return redirect("dashboard:knowledge", workspace=request.workspace.pk)


def _part(request: WorkspaceRequest, article: Article, words: str) -> HttpResponse:
    """The editor's head and side anew, with a toast; the text stays as it is in the browser."""
    if not request.htmx:
        return redirect("dashboard:article", workspace=request.workspace.pk, article=article.number)
    response = render(request, "knowledge/_editor_parts.html", _shown(request, article_of(request, article.number)))
    if words:
        response["HX-Trigger"] = done(words, tone="warn" if is_held(article) else "good")["HX-Trigger"]
    return response


def _shown(request: WorkspaceRequest, article: Article) -> dict[str, object]:
    centre = ensure_centre()
    taken = {article.language, *(one.language for one in found_articles.translations_of(article))}
    answers = article.helpful_count + article.unhelpful_count
    is_shown = article.is_public and centre.is_published
    return {
        "article": article,
        "change": change_of(article),
        "audience": audience_shown(article),
        "body": for_team(request, article.body),
        "most_picture": MAX_SIZE,
        "most_picture_mb": MAX_SIZE // (1024 * 1024),
        "direction": direction(article.language),
        "language_name": name_of(article.language),
        "translations": [(one, name_of(one.language)) for one in found_articles.translations_of(article)],
        "choices": [(code, name) for code, name in CHOICES if code not in taken],
        "categories": [
            (one, one.named(article.language, centre.default_language)) for one in Category.objects.order_by("place", "number")
        ],
        "audiences": Article.Audience.choices,
        "has_changes": found_articles.has_changes(article),
        "public_url": article_address(centre, article, article.published.title) if is_shown and article.published else "",
        "can_write": request.membership.can(Permission.KNOWLEDGE_WRITE),
        "can_manage": request.membership.can(Permission.KNOWLEDGE_MANAGE),
        "helpful_share": round(100 * article.helpful_count / answers) if answers else None,
        "answers": answers,
        "comments": found_articles.comments_on(article),
        "uses": found_articles.uses_of(article),
    }


def _compared(before: ArticleVersion | None, after: ArticleVersion) -> list[tuple[str, str]]:
    """Each line of the two texts: `same`, `gone` or `new`. A first version is compared with nothing."""
    new = _lines(after)
    old = _lines(before) if before is not None else new
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [("same", line) for line in new[c:d]]
        else:
            found += [("gone", line) for line in old[a:b]] + [("new", line) for line in new[c:d]]
    return found


def _lines(version: ArticleVersion) -> list[str]:
    return [version.title, *lines(version.body)]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
