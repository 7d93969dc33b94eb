"""What goes wrong: at a platform, with a webhook, with an event."""

from channels_app.contract.capabilities import Feature


class ChannelError(Exception):
    """A call to a platform that did not work. `code` is a key of the adapter's error table; `permanent` errors are not retried.

    `is_ambiguous`: the platform may have taken the message (it is never sent again by itself). `retry_after`: seconds
    that the platform asks us to wait. `stops_inbox`: credentials are void, the whole inbox pauses. `is_inbox_wide`: the
    platform or our line to it is at fault, not this message: it counts for the inbox's breaker. `new_address`: the
    recipient lives there now (a group became a larger one); the message is sent again, to it. `unreachable`: the
    recipient cannot be written to any more until they write again. `opts_out`: they withdrew their consent at the platform.
    `detail`: the platform's own words, without content.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        is_ambiguous: bool = False,
        stops_inbox: bool = False,
        is_inbox_wide: bool = False,
        new_address: str = "",
        unreachable: bool = False,
        opts_out: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.is_ambiguous = is_ambiguous
        self.stops_inbox = stops_inbox
        self.is_inbox_wide = is_inbox_wide or stops_inbox
        self.new_address = new_address
        self.unreachable = unreachable
        self.opts_out = opts_out
        self.detail = detail[:200]


class UnsupportedFeatureError(ChannelError):
    """The channel cannot carry this; nothing was sent."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(f"unsupported.{feature}", permanent=True)


class RefusedError(Exception):
    """A webhook that is not authentic (`status` 401 or 403) or not a webhook (400). It is not stored, it is counted.

    `challenge`: what the caller has to prove itself by (WWW-Authenticate), where it asks before it does.
    """

    def __init__(self, status: int, code: str, message: str, *, challenge: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.challenge = challenge


class UnparsableError(Exception):
    """An authentic event that the adapter cannot read: it goes to quarantine with this cause."""


class ProofMissingError(Exception):
    """`verify` lacks something public that has to be fetched first (a certificate): `Adapter.fetch_proof(need)` gets it."""

    def __init__(self, need: str) -> None:
        super().__init__("A proof has to be fetched.")
        self.need = need
