"""Many articles at once, from their list."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext as _, ngettext
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from dashboard.answers import wrong
from dashboard.views.knowledge.articles import listed
from knowledge.languages import CODES, name_of
from knowledge.models import Article, Category
from knowledge.services.bulk import Act, Outcome, Wanted, act_on


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def together(request: WorkspaceRequest) -> HttpResponseBase:
    """Do the same to every `article` (their numbers): the list anew, with what went and why the others did not."""
    post = request.POST
    numbers = [int(one) for one in post.getlist("article") if one.isascii() and one.isdigit()]
    chosen = list(Article.objects.filter(number__in=numbers).select_related("published").order_by("number"))
    if not chosen:
        return wrong(_("Choose at least one article."))
    try:
        wanted = _wanted(request)
        outcome = act_on(chosen, wanted)
    except ValidationError as error:
        return wrong(error)
    context = listed(request, post) | {"outcome": outcome, "outcome_words": _words(wanted, outcome)}
    return render(request, "knowledge/_articles.html", context)


def _wanted(request: WorkspaceRequest) -> Wanted:
    """What was asked for. Raises ValidationError, in words."""
    post = request.POST
    if "category" in post:
        chosen = post["category"]
        known = _uuid(chosen)
        category = Category.objects.filter(pk=known).first() if known is not None else None
        if chosen and category is None:
            raise ValidationError(_("This category is gone. Choose another one."))
        return Wanted(Act.CATEGORY, request.user, category=category)
    if "to_language" in post:
        if post["to_language"] not in CODES:
            raise ValidationError(_("Choose a language."))
        return Wanted(Act.LANGUAGE, request.user, language=post["to_language"])
    if post.get("act") not in {Act.PUBLISH, Act.DRAFT, Act.ARCHIVE, Act.DELETE}:
        raise ValidationError(_("Choose what should become of the articles."))
    return Wanted(Act(post["act"]), request.user)


def _words(wanted: Wanted, outcome: Outcome) -> list[str]:
    """What went, what waits, what did not: a sentence for each that happened."""
    count, told = outcome.done, []
    if count:
        name = wanted.category.named(get_language() or "en") if wanted.category else _("No category")
        told.append(
            {
                Act.PUBLISH: ngettext("%(count)d article published.", "%(count)d articles published.", count),
                Act.DRAFT: ngettext("%(count)d article is a draft again.", "%(count)d articles are drafts again.", count),
                Act.ARCHIVE: ngettext("%(count)d article archived.", "%(count)d articles archived.", count),
                Act.DELETE: ngettext("%(count)d article deleted.", "%(count)d articles deleted.", count),
                Act.CATEGORY: ngettext(
                    "%(count)d article moved to “%(name)s”.", "%(count)d articles moved to “%(name)s”.", count
                ),
                Act.LANGUAGE: ngettext(
                    "%(count)d article is in %(language)s now.", "%(count)d articles are in %(language)s now.", count
                ),
            }[wanted.act]
            % {"count": count, "name": name, "language": name_of(wanted.language)}
        )
    if outcome.waiting:
        told.append(
            ngettext(
                "%(count)d waits: what it changes is measured first.",
                "%(count)d wait: what they change is measured first.",
                outcome.waiting,
            )
            % {"count": outcome.waiting}
        )
    if outcome.refused:
        count = len(outcome.refused)
        told.append(ngettext("%(count)d stayed as it was:", "%(count)d stayed as they were:", count) % {"count": count})
    return told


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
