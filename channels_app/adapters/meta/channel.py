"""What the channels of Meta have in common: how their webhooks are proven and cut."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from channels_app.adapters.meta.cutting import Cutter, cut
from channels_app.adapters.meta.signature import (
    challenge,
    check_inbox,
    check_signature,
    new_verify_token,
    secret_in,
    verify_token_in,
)
from channels_app.contract import Adapter, Envelope, InboxConfig, RawRequest
from chatzee.env import env


class MetaAdapter(Adapter):
    """A channel whose webhooks an app at Meta signs."""

    #: What cuts the entries of a webhook, by the `object` that it is about.
    cutters: ClassVar[Mapping[str, Cutter]]
    connects = True

    def new_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "verify_token": new_verify_token()}

    def greet(self, request: RawRequest, inbox: InboxConfig | None) -> bytes:
        known = env.meta_verify_token.get_secret_value() if inbox is None else verify_token_in(inbox.settings)
        return challenge(request, known)

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        check_inbox(request, inbox, secret_in(inbox.settings))
        return cut(request.body, self.cutters)

    def verify_shared(self, request: RawRequest) -> Sequence[Envelope]:
        check_signature(request, self.shared_secret(request))
        return cut(request.body, self.cutters)

    def shared_secret(self, request: RawRequest) -> str:
        """The secret of the operator's app that signs at the shared address."""
        return env.meta_app_secret.get_secret_value()
