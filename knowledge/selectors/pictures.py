"""Which pictures may be seen by whom."""

from uuid import UUID

from knowledge.models import Picture
from knowledge.selectors.shelves import readable


def public_picture(picture_id: UUID) -> Picture | None:
    """A picture that a published, public article shows. Nothing else comes out."""
    return Picture.objects.filter(pk=picture_id, uses__version__in=readable().values("published")).first()
