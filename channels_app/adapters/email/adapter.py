"""The e-mail channel behind the adapter contract."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from prometheus_client import Counter

from channels_app.adapters.email import connecting, oauth, receiving, sending
from channels_app.adapters.email.accounts import way_of
from channels_app.adapters.email.config import ConfigForm, Receive, with_secrets
from channels_app.adapters.email.envelope import MAX_MAIL
from channels_app.adapters.email.errors import ERRORS
from channels_app.adapters.email.hooks import bucket, certificates, mailgun, postmark, records, sendgrid, ses
from channels_app.adapters.email.hooks.access import check_caller, text_setting
from channels_app.adapters.email.hooks.confirming import confirm_subscription
from channels_app.adapters.email.mime.bodies import MAX_TEXT
from channels_app.adapters.email.own import own_mail
from channels_app.adapters.email.parse import LEFT, parse
from channels_app.contract import (
    Action,
    Adapter,
    Capabilities,
    ChannelError,
    Connection,
    Envelope,
    Feature,
    InboxConfig,
    Outgoing,
    Post,
    RawRequest,
    RefusedError,
    Sent,
    SignInWay,
)
from conversations.normalised import Normalised, RemoteFile

DROPPED = Counter("chatzee_mail_dropped", "Mails that became no message, by why.", ["reason"])

#: Base64 in a provider's form makes a mail a third larger.
MAX_BODY = MAX_MAIL * 4 // 3 + 1024 * 1024

type Hook = Callable[[RawRequest, InboxConfig], Sequence[Envelope]]
_HOOKS: Mapping[str, Hook] = {
    Receive.MAILGUN: mailgun.verify,
    Receive.POSTMARK: postmark.verify,
    Receive.SENDGRID: sendgrid.verify,
    Receive.SES: ses.verify,
}


class EmailAdapter(Adapter):
    """Customers write to an address; its mail comes from a mailbox or from a provider's webhook."""

    slug = "email"
    name = _("E-mail")
    icon = "mail"
    capabilities = Capabilities(
        features=frozenset({Feature.ATTACHMENTS, Feature.REPLY_TO, Feature.SUBJECT, Feature.COPIES}),
        max_text=MAX_TEXT,
        max_file=25 * 1024 * 1024,
        max_files=20,
        max_body=MAX_BODY,
        gives_up_after=timedelta(hours=48),
    )
    errors = ERRORS
    config_form = ConfigForm
    listens: ClassVar[bool] = True
    connects: ClassVar[bool] = True

    def new_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return with_secrets(given)

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        hook = _HOOKS.get(str(inbox.settings.get("receive")))
        if hook is None:
            check_caller(request, inbox)
            raise RefusedError(403, "no_webhook", "This inbox reads its mailbox; nobody sends mail to this address.")
        return hook(request, inbox)

    def fetch_proof(self, need: str) -> None:
        if need.startswith(records.NEED):
            records.fetch_records(need)
        else:
            certificates.fetch_certificate(need)

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        parsed = parse(body, inbox)
        if parsed.dropped:
            DROPPED.labels(parsed.dropped).inc()
        return parsed.events

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        raise ChannelError(str(file.reference.get(LEFT) or "no_such_file"), permanent=True)

    def act(self, action: Action, inbox: InboxConfig) -> None:
        if action.kind == "confirm_subscription":
            confirm_subscription(str(action.data.get("url", "")), inbox)
        elif action.kind == bucket.ERRAND:
            bucket.fetch_mail(action.data, inbox, ses.region_of(text_setting(inbox.settings, "ses_topic_arn")))
        else:
            raise ChannelError("unsupported", permanent=True)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        return sending.send(outgoing, inbox)

    def sign_in_name(self, inbox: InboxConfig) -> StrOrPromise:
        return oauth.NAMES.get(way_of(inbox), "")

    def sign_in_url(self, inbox: InboxConfig, way: SignInWay) -> str:
        return oauth.sign_in_url(inbox, way)

    def own_id(self, reference: UUID, inbox: InboxConfig) -> str:
        return own_mail(inbox).message_id(reference)

    def wants_listener(self, inbox: InboxConfig) -> bool:
        return inbox.settings.get("receive") == Receive.MAILBOX

    def listen(self, inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
        receiving.listen(inbox, cursor, post, is_stopped)

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return connecting.connect(inbox, hook_url)


ADAPTER = EmailAdapter()
