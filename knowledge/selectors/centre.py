"""The help centre: the workspace's own, and the one that an address of the public names."""

from uuid import UUID

from core.tenancy import crossing
from knowledge.models import HelpCentre


def centre_of_workspace() -> HelpCentre | None:
    """The help centre of the workspace in scope, open or not."""
    return HelpCentre.objects.first()


def open_centre() -> HelpCentre | None:
    """The one of the workspace in scope if the public may read it."""
    return HelpCentre.objects.filter(is_published=True).first()


def workspace_of_slug(slug: str) -> UUID | None:
    """Whose published help centre stands under a name. Outside any scope."""
    with crossing("find a help centre by its name"):
        return HelpCentre.objects.filter(slug=slug, is_published=True).values_list("workspace_id", flat=True).first()


def slug_of_domain(domain: str) -> str | None:
    """The name of the published help centre that has proven a domain to be its own. Outside any scope."""
    with crossing("find a help centre by its domain"):
        found = HelpCentre.objects.filter(domain=domain, domain_verified_at__isnull=False, is_published=True)
        return found.values_list("slug", flat=True).first()
