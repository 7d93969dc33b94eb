"""The help centre: made with the first article, changed, opened, closed."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Workspace
from core.audit import Actor, record
from core.events import publish
from core.tenancy import current_workspace_id
from knowledge.models import HelpCentre

#: Names that would be mistaken for something of ours.
RESERVED = frozenset({"admin", "api", "app", "chatzee", "help", "static", "status", "support", "www"})
TOKEN = 32
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Look:
    """What the help centre's settings say. `words`: what the home page says, by language (`headline`, `intro`)."""

    slug: str
    name: str
    color: str
    languages: list[str]
    default_language: str
    words: dict[str, Any]
    review_months: int
    is_indexed: bool


@transaction.atomic
def ensure_centre() -> HelpCentre:
    """The help centre of the workspace in scope; made closed, under a free name, where there is none yet."""
    found = HelpCentre.objects.first()
    if found is not None:
        return found
    workspace = Workspace.objects.get(pk=current_workspace_id())
    wanted = slugify(workspace.name)[:40].strip("-") or "help"
    for attempt in range(20):
        slug = wanted if attempt == 0 and wanted not in RESERVED else f"{wanted}-{get_random_string(5, LETTERS)}"
        centre = HelpCentre(
            slug=slug,
            name=workspace.name,
            languages=[workspace.language],
            default_language=workspace.language,
            domain_token=get_random_string(TOKEN),
            changed_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                centre.save(force_insert=True)
        except IntegrityError:
            # Another workspace has the name, or a neighbour made the centre just now.
            found = HelpCentre.objects.first()
            if found is not None:
                return found
            continue
        return centre
    raise ValidationError(_("No free address could be found for the help centre. Try again."))


def next_number() -> int:
    """The next number of the workspace's articles and categories, its row locked until the transaction ends."""
    centre = HelpCentre.objects.select_for_update(no_key=True).get(pk=ensure_centre().pk)
    centre.last_number += 1
    centre.save(update_fields=["last_number"])
    return centre.last_number


def speak(language: str) -> None:
    """The help centre has something in this language from now on."""
    centre = HelpCentre.objects.select_for_update(no_key=True).get(pk=ensure_centre().pk)
    if language not in centre.languages:
        centre.languages = [*centre.languages, language]
        centre.save(update_fields=["languages"])


def touch_centre() -> None:
    """What the public sees has changed: caches that ask again are told."""
    HelpCentre.objects.update(changed_at=timezone.now())


@transaction.atomic
def change_centre(centre: HelpCentre, look: Look, *, actor: Actor) -> None:
    """Change how the help centre looks and where it is found. Raises ValidationError, in words, for a name that is taken."""
    if look.slug in RESERVED:
        raise ValidationError({"slug": _("This address is reserved. Choose another one.")})
    centre.slug, centre.name, centre.color = look.slug, look.name, look.color
    centre.languages = list(dict.fromkeys([look.default_language, *look.languages]))
    centre.default_language, centre.words = look.default_language, look.words
    centre.review_months, centre.is_indexed, centre.changed_at = look.review_months, look.is_indexed, timezone.now()
    try:
        with transaction.atomic():
            centre.save()
    except IntegrityError:
        raise ValidationError({"slug": _("Another help centre has this address. Choose another one.")}) from None
    record("help_centre.changed", actor=actor, target=centre)


@transaction.atomic
def open_to_public(centre: HelpCentre, *, is_open: bool, actor: Actor) -> None:
    """Open the help centre to everybody, or close it."""
    centre.is_published, centre.changed_at = is_open, timezone.now()
    centre.save(update_fields=["is_published", "changed_at"])
    record("help_centre.opened" if is_open else "help_centre.closed", actor=actor, target=centre)
    publish("knowledge.changed")
