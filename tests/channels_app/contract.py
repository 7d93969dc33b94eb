"""What every adapter must do, as tests that its own test class inherits (see `AdapterContract`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from channels_app.contract import (
    Adapter,
    ChannelError,
    Envelope,
    Feature,
    InboxConfig,
    Outgoing,
    RawRequest,
    RefusedError,
    Sent,
    UnparsableError,
)
from conversations.models import Message

#: Codes that the outbox itself settles with; each adapter words them for its channel.
OUTBOX_CODES = ("deleted", "inbox_disabled")
_FUZZED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    # Every channel's class inherits the same tests, and fixtures of its own hold no state.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


def request_of(body: bytes, headers: Mapping[str, str], **changes: Any) -> RawRequest:
    """A webhook as the edge hands it to an adapter."""
    plain = RawRequest(method="POST", path="/hooks/x/y", query="", headers=headers, body=body, client_ip="192.0.2.7")
    return replace(plain, **changes)


class AdapterContract:
    """Inherit it, name the adapter, and override the three methods below. Encrypted rows are not needed: no database."""

    adapter: Adapter

    def inbox(self) -> InboxConfig:
        """An inbox of this channel with working settings."""
        raise NotImplementedError

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        """An authentic webhook for an inbox; the same number gives the same event."""
        raise NotImplementedError

    def without_secrets(self, inbox: InboxConfig) -> InboxConfig:
        """The inbox as it is when nobody has set it up."""
        return replace(inbox, settings={})

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        """The request with a byte changed, once for each part whose authenticity must be proven."""
        middle = len(request.body) // 2
        changed = request.body[:middle] + bytes([request.body[middle] ^ 1]) + request.body[middle + 1 :]
        return [replace(request, body=changed)]

    def outgoing(self, **changes: Any) -> Outgoing:
        """A message to be sent."""
        plain = Outgoing(reference=uuid4(), to="someone", text="Olá, Zoë 👋")
        return replace(plain, **changes)

    def test_authentic_request_gives_events(self) -> None:
        inbox = self.inbox()
        envelopes = self.adapter.verify(self.request(inbox), inbox)
        assert envelopes
        assert all(envelope.key and envelope.sender and envelope.body for envelope in envelopes)
        assert all(self.adapter.parse(envelope.body, inbox) for envelope in envelopes)

    def test_changed_byte_is_refused(self) -> None:
        inbox = self.inbox()
        for request in self.tampered(self.request(inbox)):
            assert self.refusal(request, inbox).status in (400, 401, 403)

    def test_request_without_headers_is_refused(self) -> None:
        inbox = self.inbox()
        assert self.refusal(replace(self.request(inbox), headers={}), inbox).status in (401, 403)

    def test_inbox_without_secrets_lets_nobody_in(self) -> None:
        inbox = self.inbox()
        assert self.refusal(self.request(inbox), self.without_secrets(inbox)).status in (401, 403)

    def test_request_of_another_inbox_is_refused(self) -> None:
        other = replace(self.inbox(), id=uuid4(), workspace_id=uuid4(), key="another-inbox")
        assert self.refusal(self.request(self.inbox()), other).status in (401, 403)

    def test_switched_off_inbox_lets_nobody_in(self) -> None:
        inbox = self.inbox()
        assert self.refusal(self.request(inbox), replace(inbox, is_enabled=False)).status in (401, 403)

    def test_repeated_event_has_the_same_key_and_sender(self) -> None:
        first, again, other = (self._marks(number) for number in (1, 1, 2))
        assert first == again
        assert {key for key, _sender in first}.isdisjoint(key for key, _sender in other)

    def test_parsing_is_pure(self) -> None:
        inbox = self.inbox()
        for envelope in self.adapter.verify(self.request(inbox), inbox):
            assert self.adapter.parse(envelope.body, inbox) == self.adapter.parse(envelope.body, inbox)

    @_FUZZED
    @given(body=st.binary(max_size=600))
    def test_any_bytes_are_verified_or_refused(self, body: bytes) -> None:
        inbox = self.inbox()
        authentic = self.request(inbox)
        outcomes = [self._verified(replace(authentic, body=body), inbox) for _again in range(2)]
        assert outcomes[0] == outcomes[1]

    @_FUZZED
    @given(
        body=st.binary(max_size=600),
        headers=st.dictionaries(st.sampled_from(["authorization", "content-type", "x-signature"]), st.text(max_size=90)),
    )
    def test_strangers_are_refused(self, body: bytes, headers: dict[str, str]) -> None:
        assert self.refusal(request_of(body, headers), self.inbox()).status in (400, 401, 403, 413)

    @_FUZZED
    @given(body=st.binary(max_size=600))
    def test_any_stored_bytes_are_parsed_or_unparsable(self, body: bytes) -> None:
        outcomes = [self._parsed(body) for _again in range(2)]
        assert outcomes[0] == outcomes[1]

    def test_capabilities_are_complete(self) -> None:
        capabilities = self.adapter.capabilities
        assert set(capabilities.features) <= set(Feature)
        assert capabilities.max_text > 0
        assert (Feature.ATTACHMENTS in capabilities.features) == (capabilities.max_files > 0 and capabilities.max_file > 0)

    def test_every_error_is_worded(self) -> None:
        assert set(OUTBOX_CODES) <= set(self.adapter.errors)
        for words in self.adapter.errors.values():
            assert str(words).endswith(".")

    def test_send_gives_a_proof_or_a_channel_error(self) -> None:
        try:
            proof = self.adapter.send(self.outgoing(), self.inbox()).status
        except ChannelError as error:
            proof = error.code
        assert proof in {Message.Status.SENT, Message.Status.DELIVERED, Message.Status.READ} | set(self.adapter.errors)

    def test_repeated_send_is_one_message_where_the_channel_says_so(self) -> None:
        if not self.adapter.capabilities.is_idempotent:
            return
        inbox, outgoing = self.inbox(), self.outgoing()
        first, again = (self.adapter.send(outgoing, inbox) for _again in range(2))
        assert isinstance(first, Sent)
        assert first.provider_id == again.provider_id

    def refusal(self, request: RawRequest, inbox: InboxConfig) -> RefusedError:
        """The refusal of a request; fails when it is let in."""
        with pytest.raises(RefusedError) as caught:
            self.adapter.verify(request, inbox)
        assert caught.value.code
        assert caught.value.message.endswith(".")
        return caught.value

    def _marks(self, number: int) -> list[tuple[str, str]]:
        inbox = self.inbox()
        envelopes: Sequence[Envelope] = self.adapter.verify(self.request(inbox, number=number), inbox)
        return [(envelope.key, envelope.sender) for envelope in envelopes]

    def _verified(self, request: RawRequest, inbox: InboxConfig) -> object:
        try:
            return [(one.key, one.sender) for one in self.adapter.verify(request, inbox)]
        except RefusedError as error:
            return error.status, error.code

    def _parsed(self, body: bytes) -> object:
        try:
            return self.adapter.parse(body, self.inbox())
        except UnparsableError as error:
            return str(error)
