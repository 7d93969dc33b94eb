"""Reports on our own mail: matched by proof only, per recipient, and a delay is no failure."""

import pytest

from channels_app.adapters.email.message_ids import own_message_id
from channels_app.adapters.email.reply_tokens import bounce_address
from tests.channels_app.email.builders import REFERENCE, SECRET, make_mail, make_multipart, message_of, parsed, receipts_of

OWN_ID = own_message_id(REFERENCE, SECRET, "shop.example")
VERP = bounce_address("help@shop.example", SECRET, REFERENCE)


def status_of(*recipients: tuple[str, str], diagnostic: str = "") -> str:
    """A delivery-status part; a recipient's action and status each."""
    blocks = [
        f"Final-Recipient: rfc822; r{number}@customer.example\nAction: {action}\nStatus: {status}\n{diagnostic}"
        for number, (action, status) in enumerate(recipients)
    ]
    return "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n" + "\n".join(blocks)


def report(status: str, original: str = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {OWN_ID}\nSubject: x\n") -> bytes:
    return make_multipart(
        "report; report-type=delivery-status", "\nIt did not work.", status, original, From="MAILER-DAEMON@mx.example"
    )


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("failed", "5.1.1", ("failed", "mailbox_unknown")),
        ("failed", "5.1.2", ("failed", "domain_unknown")),
        ("failed", "5.2.2", ("failed", "mailbox_full")),
        ("failed", "5.3.4", ("failed", "too_large")),
        ("failed", "5.7.26", ("failed", "refused")),
        ("failed", "4.4.7", ("failed", "expired")),
        ("failed", "5.0.0", ("failed", "bounced")),
        ("failed", "", ("failed", "bounced")),
        ("Failed (really)", "5.1.1 (bad)", ("failed", "mailbox_unknown")),
        ("delayed", "4.7.1", ("sent", "delayed")),
        ("delivered", "2.0.0", ("delivered", "")),
        ("relayed", "2.0.0", ("sent", "")),
        ("expanded", "2.0.0", ("sent", "")),
    ],
)
def test_report_says_what_became_of_the_mail(action: str, status: str, expected: tuple[str, str]) -> None:
    [receipt] = receipts_of(report(status_of((action, status))))
    assert (receipt.status, receipt.error_code) == expected
    assert (receipt.provider_id, receipt.message) == (OWN_ID, REFERENCE)


def test_diagnostic_is_asked_where_the_status_says_nothing() -> None:
    status = status_of(("failed", "5.0.0"), diagnostic="Diagnostic-Code: smtp; 550 5.1.1 no such user\n")
    assert receipts_of(report(status))[0].error_code == "mailbox_unknown"


def test_each_recipient_has_a_receipt() -> None:
    found = receipts_of(report(status_of(("failed", "5.1.1"), ("delayed", "4.2.2"), ("failed", "5.1.1"))))
    assert [(one.status, one.error_code) for one in found] == [("failed", "mailbox_unknown"), ("sent", "delayed")]


@pytest.mark.parametrize(
    "original",
    [
        f"Content-Type: message/rfc822\n\nReceived: by x\nMessage-Id: {OWN_ID}\n\nbody",
        f"Content-Type: text/rfc822-headers\n\nMessage-ID:\n {OWN_ID}\n",
        f"Content-Type: message/rfc822; charset=x\n\nMESSAGE-ID: {OWN_ID.upper()}\n\n",
        f"Content-Type: text/plain\n\n> Message-ID: {OWN_ID}\n> Subject: x",
    ],
)
def test_original_is_found_whole_or_by_its_headers(original: str) -> None:
    assert receipts_of(report(status_of(("failed", "5.1.1")), original))[0].message == REFERENCE


def test_bounce_address_names_the_message_where_the_report_does_not() -> None:
    raw = report(status_of(("failed", "5.1.1")), "Content-Type: text/plain\n\nnothing")
    assert receipts_of(raw, recipients=(VERP,))[0].message == REFERENCE
    assert (
        receipts_of(make_mail(f"X-Original-To: {VERP}", From="MAILER-DAEMON@x.example", body=_QMAIL))[0].error_code == "bounced"
    )


_QMAIL = """Hi. This is the qmail-send program at x.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<zoe@customer.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""


@pytest.mark.parametrize(
    "original",
    [
        "Content-Type: text/rfc822-headers\n\nMessage-ID: <somebody@else.example>\n",
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {own_message_id(REFERENCE, 'forged', 'shop.example')}\n",
        "Content-Type: text/plain\n\nnothing",
    ],
)
def test_report_on_mail_that_is_not_ours_is_an_automatic_message(original: str) -> None:
    message = message_of(report(status_of(("failed", "5.1.1")), original))
    assert (message.is_automatic, message.data["automatic"]) == (True, "report")


def test_customers_words_about_a_bounce_are_no_bounce() -> None:
    message = message_of(make_mail(f"In-Reply-To: {OWN_ID}", body="I got this: 550 5.1.1 user unknown"))
    assert not message.is_automatic


def test_complaint_has_a_code_of_its_own_and_is_no_failure() -> None:
    raw = make_multipart(
        "report; report-type=feedback-report",
        "\nThis is a complaint.",
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: X/1\n",
        f"Content-Type: message/rfc822\n\nMessage-ID: {OWN_ID}\nSubject: x\n\nhi",
    )
    [receipt] = receipts_of(raw)
    assert (receipt.status, receipt.error_code, receipt.message) == ("delivered", "complaint", REFERENCE)


def test_status_that_is_encoded_is_read() -> None:
    status = status_of(("failed", "5.1.1")).replace(
        "Content-Type: message/delivery-status", "Content-Type: message/global-delivery-status"
    )
    assert receipts_of(report(status))[0].error_code == "mailbox_unknown"


def test_report_is_the_same_twice() -> None:
    raw = report(status_of(("failed", "5.1.1")))
    assert parsed(raw) == parsed(raw)
