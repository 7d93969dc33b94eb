"""Saying yes to a topic of Amazon SNS that wants to send to an inbox."""

from channels_app.adapters.email.hooks.access import text_setting
from channels_app.adapters.email.hooks.certificates import is_subscribe_url
from channels_app.adapters.email.hooks.ses import region_of
from channels_app.contract import ChannelError, InboxConfig
from core.http import Limits, SafeClient, SafeHttpError

_LIMITS = Limits(total=15, max_bytes=64 * 1024, redirects=0)


def confirm_subscription(url: str, inbox: InboxConfig, client: SafeClient | None = None) -> None:
    """Confirm at the address that the signed message named. Repeating it changes nothing. Raises ChannelError."""
    if not is_subscribe_url(url, region_of(text_setting(inbox.settings, "ses_topic_arn"))):
        raise ChannelError("no_confirmation", permanent=True)
    try:
        status = (client or SafeClient(limits=_LIMITS)).get(url, limits=_LIMITS).status_code
    except SafeHttpError as error:
        raise ChannelError("no_confirmation", detail=type(error).__name__) from error
    if status != 200:
        raise ChannelError("no_confirmation", permanent=400 <= status < 500, detail=f"HTTP {status}")
