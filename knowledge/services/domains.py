"""A company's own domain for its help centre: named, proven by DNS, served."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.adapters.email.authenticity.resolving import NoAnswerError, Resolver, system_resolver, texts
from chatzee.env import env
from core.audit import Actor, record
from core.tenancy import crossing, scope
from core.wakeup import wake_up
from knowledge.models import HelpCentre

TASK = "knowledge.tasks.check_domain"
#: A domain that has been proven is looked at again so often, one that has not until somebody asks, and by itself for a week.
PROVEN, TRIED = timedelta(days=1), timedelta(minutes=10)
_LABEL = "_chatzee"
#: A proven domain that fails for so long is no longer served.
GRACE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Record:
    """What the company writes into its DNS: the proof, and where the domain leads."""

    proof_name: str
    proof_value: str
    alias_name: str
    alias_value: str


def record_of(centre: HelpCentre) -> Record:
    """The records for the domain that is named."""
    host = urlsplit(env.public_url).hostname or ""
    return Record(f"{_LABEL}.{centre.domain}", f"chatzee={centre.domain_token}", centre.domain, host)


@transaction.atomic
def set_domain(centre: HelpCentre, domain: str, *, actor: Actor) -> None:
    """Name a domain, or none; it is served once DNS shows that it is the company's."""
    if domain == centre.domain:
        return
    centre.domain, centre.domain_verified_at, centre.domain_checked_at = domain, None, None
    centre.changed_at = timezone.now()
    centre.save(update_fields=["domain", "domain_verified_at", "domain_checked_at", "changed_at"])
    record("help_centre.domain_changed", actor=actor, target=centre)
    ask_for_check(centre)


def ask_for_check(centre: HelpCentre) -> None:
    """Have the domain looked up now."""
    if centre.domain:
        workspace_id = str(centre.workspace_id)
        transaction.on_commit(lambda: wake_up(TASK, workspace_id), robust=True)


def domains_due() -> list[UUID]:
    """The workspaces whose domain is to be looked up."""
    now = timezone.now()
    with crossing("find domains to look up"):
        named = HelpCentre.objects.exclude(domain="")
        due = named.filter(domain_verified_at__isnull=False, domain_checked_at__lt=now - PROVEN)
        new = named.filter(domain_verified_at=None, domain_checked_at=None)
        again = named.filter(domain_verified_at=None, domain_checked_at__lt=now - TRIED, changed_at__gt=now - timedelta(days=7))
        return sorted({one.workspace_id for one in (*due, *new, *again)})


def check_domain(workspace_id: UUID, *, resolver: Resolver | None = None) -> bool:
    """Look the domain up, outside any transaction, and keep what was seen; whether it is served from now on."""
    with scope(workspace_id):
        centre = HelpCentre.objects.first()
    if centre is None or not centre.domain:
        return False
    try:
        is_own = _is_own(centre, resolver or system_resolver())
    except NoAnswerError:
        return centre.domain_verified_at is not None
    with scope(workspace_id):
        return _keep(centre, is_own=is_own)


def _is_own(centre: HelpCentre, resolver: Resolver) -> bool:
    """Whether the proof stands in DNS. The alias alone is no proof: it may be a leftover that anybody could take over."""
    wanted = record_of(centre)
    return wanted.proof_value in [text.strip() for text in texts(resolver, wanted.proof_name)]


def _keep(seen: HelpCentre, *, is_own: bool) -> bool:
    centre = HelpCentre.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if centre.domain != seen.domain:
        return False
    now = timezone.now()
    centre.domain_checked_at = now
    was = centre.domain_verified_at
    if is_own:
        centre.domain_verified_at = now
    elif was is not None and now - was > GRACE:
        centre.domain_verified_at = None
    if (was is None) != (centre.domain_verified_at is None):
        centre.changed_at = now
        record("help_centre.domain_proven" if is_own else "help_centre.domain_lost", actor=Actor.system(), target=centre)
    try:
        with transaction.atomic():
            centre.save(update_fields=["domain_verified_at", "domain_checked_at", "changed_at"])
    except IntegrityError:
        # Another workspace has proven the same domain before: it keeps it until its own proof is gone.
        return False
    return centre.domain_verified_at is not None
