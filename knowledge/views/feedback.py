"""Was this helpful: a yes or no, then perhaps why. No cookie; an address is only counted for a minute."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.http.throttle import is_throttled
from knowledge.models import Article
from knowledge.selectors import shelves
from knowledge.services.feedback import add_comment, give_feedback
from knowledge.views.site import Site, help_view, page

PER_MINUTE = 10
_SALT = "knowledge.feedback"
_HOUR = 3600


@csrf_exempt  # readers have no session that a forged request could ride on; the browser says where a request comes from
@require_POST
@help_view
def feedback(request: HttpRequest, site: Site, ref: str) -> HttpResponse:
    """Take a reader's answer, or the reason that follows it."""
    number = ref.partition("-")[0]
    reading = shelves.reading_of(int(number)) if number.isdigit() and len(number) < 10 else None
    if reading is None or not _is_from_here(request):
        raise Http404
    if is_throttled(request, "help.feedback", PER_MINUTE):
        return page(site, "_feedback.html", status=429, article=reading.article, address=site.article(reading), is_throttled=True)
    if "said" in request.POST:
        said = request.POST["said"]
        given = _given(said, reading.article)
        if given is not None:
            add_comment(reading.article, given[0], request.POST.get("comment", ""))
        said = f"{said}~" if given is not None else ""
    else:
        is_helpful = request.POST.get("helpful") == "yes"
        row = give_feedback(reading.article, is_helpful=is_helpful)
        said = signing.dumps([str(row.pk), is_helpful], salt=_SALT)
    address = site.article(reading)
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(f"{address}?said={said}#feedback")
    return page(site, "_feedback.html", article=reading.article, address=address, **standing(said, reading.article))


def standing(said: str, article: Article) -> dict[str, Any]:
    """How far a reader's feedback on an article has come, for the page: nothing, the answer, or the reason too."""
    given = _given(said.removesuffix("~"), article)
    if given is None:
        return {"said": "", "is_helpful": None, "is_done": False}
    return {"said": said.removesuffix("~"), "is_helpful": given[1], "is_done": said.endswith("~")}


def _given(said: str, article: Article) -> tuple[UUID, bool] | None:
    try:
        row_id, is_helpful = signing.loads(said, salt=_SALT, max_age=_HOUR)
        return UUID(row_id), bool(is_helpful)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of this very site sent it. Browsers say so; what says nothing is no browser."""
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    origin = request.headers.get("Origin")
    hosts = {request.get_host(), getattr(request, "help_domain", "")}
    return origin is None or urlsplit(origin).netloc in hosts
