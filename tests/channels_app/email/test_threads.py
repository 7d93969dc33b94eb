"""Where a mail belongs, what is automatic, what is our own coming back."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings, strategies as st

from channels_app.adapters.email.message_ids import ids_in, normal_id, own_message_id, own_reference
from channels_app.adapters.email.reply_tokens import bounce_address, bounced_in, conversation_in, reply_address
from conversations.normalised import Person, Thread
from tests.channels_app.email.builders import (
    CONVERSATION,
    REFERENCE,
    SECRET,
    inbox_with,
    make_mail,
    make_multipart,
    message_of,
    parsed,
)

TOKEN_ADDRESS = reply_address("help@shop.example", SECRET, CONVERSATION)
OWN_ID = own_message_id(REFERENCE, SECRET, "shop.example")


def thread_of(*fields: str, **named: Any) -> Thread:
    thread = message_of(make_mail(*fields, **named)).thread
    assert thread is not None
    return thread


@settings(max_examples=200, deadline=None, derandomize=True)
@given(conversation=st.uuids(), local=st.from_regex(r"[a-z0-9.]{1,64}", fullmatch=True))
def test_token_survives_what_mail_programs_do(conversation: UUID, local: str) -> None:
    address = reply_address(f"{local}@shop.example", SECRET, conversation)
    assert len(address.partition("@")[0]) <= 64
    for changed in (address, address.upper(), address.title(), f" {address} "):
        assert conversation_in([changed], SECRET) == conversation


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To", "Cc"])
def test_token_is_found_in_every_field_where_it_may_stand(field: str) -> None:
    assert thread_of(f"{field}: =?utf-8?q?Shop?= <{TOKEN_ADDRESS.upper()}>").conversation == CONVERSATION


def test_token_is_found_in_the_envelope() -> None:
    thread = message_of(make_mail(), recipients=(TOKEN_ADDRESS,)).thread
    assert thread is not None
    assert thread.conversation == CONVERSATION


def test_token_that_is_not_ours_names_nothing() -> None:
    local, _at, domain = TOKEN_ADDRESS.partition("@")
    last = "a" if local[-3] != "a" else "b"
    for address in (
        reply_address("help@shop.example", "another secret", CONVERSATION),
        bounce_address("help@shop.example", SECRET, CONVERSATION),
        f"{local[:-3]}{last}{local[-2:]}@{domain}",
        f"{local[:-1]}@{domain}",
        f"{local}x@{domain}",
        "help+@shop.example",
        "help+c" + "1" * 42 + "@shop.example",
    ):
        assert conversation_in([address], SECRET) is None
    assert conversation_in([TOKEN_ADDRESS], "") is None


def test_answers_are_nearest_first() -> None:
    thread = thread_of("In-Reply-To: <c@x.example>", "References: <a@x.example> <b@x.example>\r\n <c@x.example>")
    assert thread.answers == ("<c@x.example>", "<b@x.example>", "<a@x.example>")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a@x.example>,<b@x.example>", ["<a@x.example>", "<b@x.example>"]),
        ("<a@x.example><b@x.example>", ["<a@x.example>", "<b@x.example>"]),
        ("a@x.example b@x.example", ["<a@x.example>", "<b@x.example>"]),
        ("Your message of Friday <a@x.example>", ["<a@x.example>"]),
        ("<>", []),
        ("<@>", []),
        ("< >", []),
        ("", []),
        ("<null>", []),
        ("<null@example.com>", []),
        ("<x@>", []),
        ("<x@localhost>", []),
        ("none", []),
    ],
)
def test_ids_are_read_however_they_are_written(text: str, found: list[str]) -> None:
    assert ids_in(text) == found


def test_empty_and_nobodys_ids_answer_nothing() -> None:
    assert thread_of("In-Reply-To: <>", "References: <null@x> , <@>,").answers == ()


def test_mail_does_not_answer_itself() -> None:
    assert thread_of("In-Reply-To: <one@customer.example>").answers == ()


@pytest.mark.parametrize("mangled", [OWN_ID, OWN_ID.upper(), OWN_ID.replace("shop.example", "mail.exchange.example")])
def test_own_ids_are_brought_back_to_the_form_in_which_we_sent_them(mangled: str) -> None:
    assert thread_of(f"In-Reply-To: {mangled}").answers == (OWN_ID,)


def test_forged_own_id_proves_nothing() -> None:
    forged = own_message_id(REFERENCE, "another secret", "shop.example")
    assert own_reference(forged, SECRET) is None
    assert own_reference(OWN_ID, SECRET) == REFERENCE
    assert own_reference(OWN_ID, "") is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(max_size=700))
def test_any_id_is_kept_in_bounds(text: str) -> None:
    found = normal_id(text)
    assert found == normal_id(found) or not found
    assert len(found) <= 500
    assert not any(sign.isspace() for sign in found)


def test_endless_references_are_cut() -> None:
    assert len(thread_of("References: " + " ".join(f"<{number}@x.example>" for number in range(5000))).answers) == 30


def test_others_are_all_but_the_sender_and_the_inbox() -> None:
    thread = thread_of(
        To="Shop <help@shop.example>, Ana <ana@customer.example>, help+x@shop.example",
        Cc="sales@shop.example, zoe@customer.example, bob@other.example",
    )
    assert thread.others == (Person("ana@customer.example", "Ana"), Person("bob@other.example"))


def test_mail_without_an_id_gets_one_by_its_content() -> None:
    first = message_of(make_mail("Received: by a", Message_ID="")).provider_id
    again = message_of(make_mail("Received: by b", Message_ID="")).provider_id
    other = message_of(make_mail(Message_ID="", body="Something else")).provider_id
    assert first == again != other
    assert message_of(make_mail(Message_ID="<>")).provider_id.endswith("@missing.invalid>")


def test_two_mails_under_one_id_can_be_told_apart() -> None:
    first, other = message_of(make_mail()), message_of(make_mail(body="Something else"))
    assert first.provider_id == other.provider_id
    assert first.data["fingerprint"] != other.data["fingerprint"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto_submitted"),
        ("Auto-Submitted: auto-generated; x=y", "auto_submitted"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("X-Auto-Response-Suppress: All", "suppress"),
        ("X-Autoreply: yes", "auto_reply"),
        ("X-Autorespond: yes", "auto_reply"),
        ("List-Id: <news.example>", "list"),
        ("List-Unsubscribe: <mailto:x@y.example>", "list"),
        ("Feedback-Type: abuse", "feedback"),
        ("Return-Path: <>", "null_sender"),
    ],
)
def test_automatic_mail_is_known_by_its_fields(field: str, reason: str) -> None:
    message = message_of(make_mail(field))
    assert (message.is_automatic, message.data["automatic"]) == (True, reason)


@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@x.example", "postmaster@x.example", "no-reply@x.example", "noreply+7@x.example"]
)
def test_automatic_mail_is_known_by_its_sender(sender: str) -> None:
    assert message_of(make_mail(From=sender)).data["automatic"] == "machine_sender"


@pytest.mark.parametrize(
    "subject", ["Out of office", "Automatic reply: x", "Resposta automática: x", "Respuesta automática", "Réponse automatique"]
)
def test_automatic_mail_is_known_by_its_subject(subject: str) -> None:
    assert message_of(make_mail(Subject=subject)).is_automatic


def test_report_and_empty_envelope_sender_are_automatic() -> None:
    assert message_of(make_multipart("report", "\nSomething about some mail")).data["automatic"] == "report"
    assert message_of(make_mail(), mail_from="").data["automatic"] == "null_sender"


@pytest.mark.parametrize("field", ["Auto-Submitted: no", "X-Auto-Response-Suppress: None", "Precedence: normal"])
def test_persons_mail_is_not_automatic(field: str) -> None:
    message = message_of(make_mail(field, From="reply-to-noreply-fan@x.example", Subject="Re: automatic doors"))
    assert not message.is_automatic
    assert "automatic" not in message.data


@pytest.mark.parametrize("sender", ["help@shop.example", "HELP+x@Shop.example", "Sales <sales@shop.example>"])
def test_mail_from_the_inbox_itself_is_dropped(sender: str) -> None:
    found = parsed(make_mail(From=sender))
    assert (found.events, found.dropped) == ([], "own_address")


def test_own_mail_that_comes_back_is_dropped() -> None:
    found = parsed(make_mail("Received: by a list", From="list@other.example", Message_ID=OWN_ID))
    assert (found.events, found.dropped) == ([], "own_message")


def test_customer_behind_a_form_is_the_sender() -> None:
    message = message_of(make_mail("Reply-To: Ana <ana@customer.example>", From="help@shop.example"))
    assert (message.sender.value, message.sender.name, message.sender.is_verified) == ("ana@customer.example", "Ana", False)
    assert message.data["auth"]["reason"] == "form"


@pytest.mark.parametrize("fields", [["Reply-To: help@shop.example"], ["Reply-To: a@x.example", "Auto-Submitted: auto-replied"]])
def test_form_mail_that_names_no_customer_is_dropped(fields: list[str]) -> None:
    assert parsed(make_mail(*fields, From="help@shop.example")).dropped == "own_address"


def test_bounce_token_of_another_inbox_is_none() -> None:
    address, subject = bounce_address("help@shop.example", SECRET, REFERENCE), uuid4()
    assert bounced_in([address], SECRET) == REFERENCE
    assert bounced_in([address], "another secret") is None
    assert bounced_in([reply_address("help@shop.example", SECRET, subject)], SECRET) is None


def test_inbox_without_settings_still_reads() -> None:
    message = message_of(make_mail(), inbox_with(address=None, aliases=7, reply_secret=None))
    assert message.sender.value == "zoe@customer.example"
