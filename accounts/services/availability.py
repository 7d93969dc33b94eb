"""Whether a member takes conversations just now."""

from functools import partial

from django.db import transaction

from accounts import presence
from accounts.models import Membership
from core.events import publish


@transaction.atomic
def set_availability(membership: Membership, availability: str) -> bool:
    """A member says that they are available, busy or away; tell whether that changed. Raises ValueError for another word."""
    wanted = Membership.Availability(availability)
    changed = Membership.objects.filter(pk=membership.pk).exclude(availability=wanted).update(availability=wanted)
    membership.availability = wanted
    if changed:
        publish("member.availability", user=str(membership.user_id), availability=wanted.value)
        transaction.on_commit(partial(presence.tell, membership.workspace_id), robust=True)
    return bool(changed)
