"""The settings of an e-mail inbox: what is asked for, what stays secret, and that a new inbox is set up to be safe."""

from collections.abc import Mapping
from typing import Any

import pytest

from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.config import AddressForm, ConfigForm
from channels_app.contract import Action, ChannelError, Feature
from tests.channels_app.email.builders import INBOX, make_mail
from tests.channels_app.email.providers import TOPIC, public_text, sendgrid_key


def form_of(given: Mapping[str, str], initial: dict[str, Any] | None = None) -> ConfigForm:
    return ConfigForm({"address": "help@shop.example", "receive": "mailbox", **given}, initial=initial)


def cleaned(**given: str) -> dict[str, Any]:
    form = form_of(given)
    errors = {name: found for name, found in form.errors.items() if name in _OWN}
    assert not errors
    return form.cleaned_data


#: The fields of this part of the form; the mailbox's servers have theirs beside them.
_OWN = set(AddressForm.base_fields)


def test_address_is_kept_as_it_is_compared() -> None:
    given = cleaned(
        address=" Help@Shop.EXAMPLE ", aliases="sales@SHOP.example\n\nsales@shop.example", authserv_ids="MX.Google.com"
    )
    assert (given["address"], given["aliases"], given["authserv_ids"]) == (
        "Help@shop.example",
        ["sales@shop.example"],
        ["mx.google.com"],
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "help"),
        ("address", "help@shop"),
        ("address", "a@b.example\r\nBcc: x@y.example"),
        ("aliases", "not an address"),
        ("aliases", "\n".join(f"a{number}@x.example" for number in range(31))),
        ("authserv_ids", "mx"),
        ("authserv_ids", "two words.example"),
        ("receive", "fax"),
    ],
)
def test_what_is_no_address_or_server_is_said(name: str, value: str) -> None:
    assert name in form_of({name: value}).errors


@pytest.mark.parametrize(
    ("receive", "name", "wrong", "right"),
    [
        ("mailgun", "mailgun_signing_key", "", "key-1"),
        ("sendgrid", "sendgrid_public_key", "MFkw", public_text(sendgrid_key())),
        ("ses", "ses_topic_arn", "arn:aws:sqs:eu-west-1:1:x", TOPIC),
    ],
)
def test_provider_is_asked_for_what_proves_it(receive: str, name: str, wrong: str, right: str) -> None:
    assert name in form_of({"receive": receive, name: wrong}).errors
    assert name not in form_of({"receive": receive, name: right}).errors


def test_given_secret_is_kept_and_never_shown() -> None:
    form = form_of({"receive": "mailgun"}, {"mailgun_signing_key": "key-1"})
    assert "mailgun_signing_key" not in form.errors
    assert form.cleaned_data["mailgun_signing_key"] == "key-1"
    assert "key-1" not in ConfigForm(initial={"mailgun_signing_key": "key-1"}).as_p()


def test_new_inbox_gets_secrets_of_its_own() -> None:
    first, other = (ADAPTER.new_settings({"address": "help@shop.example"}) for _number in range(2))
    for name in ("reply_secret", "hook_secret"):
        assert len(first[name]) >= 40
        assert first[name] != other[name]


def test_mailbox_alone_is_listened_to() -> None:
    assert ADAPTER.wants_listener(INBOX)
    assert {Feature.SUBJECT, Feature.COPIES, Feature.ATTACHMENTS, Feature.REPLY_TO} == ADAPTER.capabilities.features
    assert ADAPTER.capabilities.max_body > 40 * 1024 * 1024


def test_action_that_mail_does_not_know_is_refused() -> None:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.act(Action("typing"), INBOX)
    assert (caught.value.code, caught.value.permanent) == ("unsupported", True)
    assert "unsupported" in ADAPTER.errors


def test_dropped_mail_is_counted() -> None:
    from prometheus_client import REGISTRY

    from channels_app.adapters.email.envelope import Head, stored_body
    from tests.channels_app.email.builders import AT

    def count() -> float:
        return REGISTRY.get_sample_value("chatzee_mail_dropped_total", {"reason": "own_address"}) or 0.0

    before = count()
    assert ADAPTER.parse(stored_body(Head(AT, "test"), make_mail(From="help@shop.example")), INBOX) == []
    assert count() == before + 1
