"""Pictures of the help centre: public as long as a public article shows them. No cookie is read or set."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from core.tenancy import scope
from knowledge.models import Picture
from knowledge.selectors.centre import open_centre, workspace_of_slug
from knowledge.selectors.pictures import public_picture
from knowledge.services.pictures import read

_YEAR = 31_536_000


@require_safe
def picture(request: HttpRequest, slug: str, picture: UUID) -> HttpResponse:
    """A picture of a published article of an open help centre."""
    workspace_id = workspace_of_slug(slug)
    if workspace_id is not None:
        with scope(workspace_id):
            found = public_picture(picture) if open_centre() is not None else None
            if found is not None:
                return picture_response(found, is_public=True)
    # Not the product's own page for what does not exist: that one sets a cookie.
    return HttpResponseNotFound("", content_type="text/plain")


def picture_response(picture: Picture, *, is_public: bool) -> HttpResponse:
    """A picture for a browser. It never changes, so it may be kept; as nothing else than what it is."""
    response = HttpResponse(read(picture), content_type="image/webp")
    response["Cache-Control"] = f"{'public' if is_public else 'private'}, max-age={_YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_public else "same-origin"
    return response
