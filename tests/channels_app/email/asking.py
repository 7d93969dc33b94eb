"""Asking the e-mail channel about webhooks: what it lets in, and with which words it refuses."""

from dataclasses import replace

import pytest

from channels_app.adapters.email.adapter import ADAPTER
from channels_app.contract import InboxConfig, RawRequest, RefusedError
from conversations.normalised import InboundMessage
from tests.channels_app.email.builders import make_mail
from tests.channels_app.email.providers import (
    known_dns,
)

RAW = make_mail()


def mail(number: int) -> bytes:
    raw = make_mail(Message_ID=f"<mail-{number}@customer.example>")
    known_dns(raw)
    return raw


def refusal(request: RawRequest, inbox: InboxConfig) -> tuple[int, str]:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.verify(request, inbox)
    assert caught.value.message.endswith(".")
    return caught.value.status, caught.value.code


def taken(request: RawRequest, inbox: InboxConfig) -> InboundMessage:
    [envelope] = ADAPTER.verify(request, inbox)
    [event] = ADAPTER.parse(envelope.body, inbox)
    assert isinstance(event, InboundMessage)
    return event


def without_header(request: RawRequest, name: str) -> RawRequest:
    return replace(request, headers={key: value for key, value in request.headers.items() if key != name})


def with_header(request: RawRequest, name: str, value: str) -> RawRequest:
    return replace(request, headers={**request.headers, name: value})
