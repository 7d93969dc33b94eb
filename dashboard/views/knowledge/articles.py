"""The list of articles."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from knowledge.languages import CODES, name_of
from knowledge.models import Article, Category
from knowledge.selectors import articles as found_articles
from knowledge.selectors.articles import ArticleFilter
from knowledge.services.articles import create_article
from knowledge.services.centres import ensure_centre

LONGEST_WORDS = 200


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def articles(request: WorkspaceRequest) -> HttpResponseBase:
    """All articles, by state, language, what needs attention, and words; for htmx the table alone."""
    part = request.htmx and request.htmx.target == "articles"
    return render(request, f"knowledge/{'_articles' if part else 'articles'}.html", listed(request, request.GET))


def listed(request: WorkspaceRequest, asked: QueryDict) -> dict[str, object]:
    """What the list shows for a filter."""
    chosen = _filter(asked)
    counts = found_articles.counts()
    states = [("", _("All")), *Article.State.choices]
    can_manage = request.membership.can(Permission.KNOWLEDGE_MANAGE)
    return {
        "rows": found_articles.list_articles(chosen),
        "chosen": chosen,
        "tabs": [
            {"label": label, "count": counts[value], "query": _query(chosen, state=value), "current": value == chosen.state}
            for value, label in states
            if counts[value] or value in {"", "draft", "published", chosen.state}
        ],
        "languages": [(code, name_of(code)) for code in found_articles.languages_in_use()],
        "attentions": [("stale", _("Read long ago")), ("unhelpful", _("Does not help")), ("rejected", _("Answers rejected"))],
        "is_empty": not sum(counts.values()),
        "can_manage": can_manage,
        **(_choices() if can_manage else {}),
    }


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def new_article(request: WorkspaceRequest) -> HttpResponseBase:
    """A new, empty draft, and on to the editor."""
    centre = ensure_centre()
    language = request.POST.get("language", "")
    category = Category.objects.filter(pk=request.POST["category"]).first() if request.POST.get("category") else None
    article = create_article(
        language=language if language in CODES else centre.default_language, by=request.user, category=category
    )
    return redirect("dashboard:article", workspace=request.workspace.pk, article=article.number)


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def found(request: WorkspaceRequest) -> HttpResponseBase:
    """Articles for whoever writes a reply: title, address, and the passage that was found."""
    words, language = request.GET.get("q", "")[:LONGEST_WORDS], request.GET.get("language", "en")
    hits = found_articles.find_for_agents(words, language=language)
    rows = [
        {"number": one.number, "title": one.title, "language": one.language, "url": one.url, "text": one.text[:300]}
        for one in hits
    ]
    return JsonResponse({"articles": rows})


def article_of(request: WorkspaceRequest, number: int) -> Article:
    """The article of a number. Raises Http404."""
    related = ("category", "published", "created_by", "updated_by")
    return get_object_or_404(Article.objects.select_related(*related), number=number)


def gone_to(request: WorkspaceRequest, url: str) -> HttpResponse:
    """Lead the browser on, also where htmx asked."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _choices() -> dict[str, object]:
    """Where articles that are chosen together may go."""
    centre = ensure_centre()
    spoken = centre.languages or [centre.default_language]
    return {
        "shelves": [(one, one.named(centre.default_language)) for one in Category.objects.order_by("place", "number")],
        "spoken": [(code, name_of(code)) for code in dict.fromkeys([*spoken, *found_articles.languages_in_use()])],
    }


def _filter(asked: QueryDict) -> ArticleFilter:
    state = asked.get("state", "")
    attention = asked.get("attention", "")
    return ArticleFilter(
        state=state if state in Article.State.values else "",
        language=asked.get("language", "") if asked.get("language", "") in CODES else "",
        attention=attention if attention in {"stale", "unhelpful", "rejected"} else "",
        words=asked.get("q", "").strip()[:LONGEST_WORDS],
    )


def _query(chosen: ArticleFilter, *, state: str) -> str:
    asked = {"state": state, "language": chosen.language, "attention": chosen.attention, "q": chosen.words}
    return urlencode({name: value for name, value in asked.items() if value})
