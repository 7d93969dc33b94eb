"""A mail out of a mailbox, as an event: what DNS and our own servers say of its sender is judged before it is stored."""

from datetime import datetime

from channels_app.adapters.email.authenticity.judging import judged
from channels_app.adapters.email.authenticity.resolving import NoAnswerError, Resolver, system_resolver
from channels_app.adapters.email.envelope import Head, Verdict, light_envelope
from channels_app.adapters.email.mime.lightening import Lightened
from channels_app.adapters.email.own import own_mail
from channels_app.contract import Envelope, InboxConfig


def envelope_of(inbox: InboxConfig, found: Lightened, received_at: datetime, source: str) -> Envelope:
    """The event of a mail. The same bytes are the same event, in whichever folder and under whichever number they lie."""
    verdict = None if found.left else _verdict(inbox, found.raw, received_at)
    return light_envelope(found, Head(received_at=received_at, source=source, verdict=verdict))


def _verdict(inbox: InboxConfig, raw: bytes, at: datetime) -> Verdict:
    try:
        resolver = _resolver()
    except NoAnswerError:
        return Verdict("none", "no_answer")
    # A mailbox does not say from which server a mail came: SPF has nothing to go by.
    return judged(raw, "", resolver, at=at, authserv_ids=own_mail(inbox).authserv_ids)


def _resolver() -> Resolver:
    return system_resolver()
