"""Mail that SES put into a bucket: fetched by the inbox's own key, asked for again, told where it cannot be had."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.utils import timezone
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from accounts.models import Workspace
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.config import ConfigForm
from channels_app.adapters.email.hooks import bucket
from channels_app.models import DeliveryAction, InboundEvent, OutboundDelivery
from channels_app.registry import config_of
from channels_app.services import drain, fetching, outbox
from conversations.models import Attachment, Inbox, Message
from core.tenancy import scope
from tests.channels_app.email.asking import RAW, refusal
from tests.channels_app.email.builders import INBOX, inbox_with
from tests.channels_app.email.providers import SES, TOPIC, ses_notice, sns_request, sns_said
from tests.channels_app.email.test_inbox import store
from tests.channels_app.email.test_large import large
from tests.factories import make_inbox

pytestmark = pytest.mark.django_db(transaction=True)
BUCKET, KEY = "shop-mail", "in/ses-1"
HEADERS = [
    {"name": "From", "value": "Zoë <zoe@customer.example>"},
    {"name": "Subject", "value": "The blue bowl"},
    {"name": "Message-ID", "value": "<one@customer.example>"},
    {"name": "In-Reply-To", "value": "<0@shop.example>"},
    {"name": "MIME-Version", "value": "1.0"},
    {"name": "Content-Type", "value": "multipart/mixed; boundary=x"},
]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of moto's. What the operator's environment says of AWS is wrong for it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "the operator's own")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://files.operator.example")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-1", endpoint_url="https://s3.eu-west-1.amazonaws.com")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    own = {"receive": "ses", "ses_topic_arn": TOPIC, "aws_access_key": "AKIA", "aws_secret_key": "secret"}
    with scope(workspace.pk):
        return make_inbox("email", "Help", **{**INBOX.settings, **own})


def notice(**action: Any) -> str:
    mail = {"messageId": "ses-1", "source": "zoe@customer.example", "headers": HEADERS}
    place = {"type": "S3", "bucketName": BUCKET, "objectKey": KEY, **action}
    receipt = {"recipients": ["help@shop.example"], "dmarcVerdict": {"status": "PASS"}, "action": place}
    return ses_notice(b"", content=None, mail=mail, receipt=receipt)


def told(inbox: Inbox) -> None:
    """SES says that a mail is in the bucket; everything that follows at once is done."""
    config = config_of(inbox)
    store(inbox, ADAPTER.verify(sns_request(sns_said(notice()), inbox=config), config))
    work(inbox)


def work(inbox: Inbox) -> None:
    """Do what is to be done, without waiting for the time at which it is tried again."""
    with scope(inbox.workspace_id):
        OutboundDelivery.objects.update(next_attempt_at=timezone.now())
    outbox.deliver_due()
    drain.drain()
    while fetching.fetch_due():
        pass


def seen(inbox: Inbox) -> list[tuple[str, list[tuple[str, str]]]]:
    """The messages' texts, and their missing files with the reasons."""
    with scope(inbox.workspace_id):
        return [
            (one.body, [(file.name, file.error_code) for file in Attachment.objects.filter(message=one, state="missing")])
            for one in Message.objects.filter(kind="inbound").order_by("created_at", "id")
        ]


def delivery(inbox: Inbox) -> tuple[str, str]:
    with scope(inbox.workspace_id):
        found = OutboundDelivery.objects.get()
        return found.state, found.error_code


def test_mail_is_fetched_from_the_bucket(s3: Any, inbox: Inbox) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=RAW)
    told(inbox)
    assert seen(inbox) == [("Hello, is the blue bowl still there?", [])]
    assert delivery(inbox) == ("sent", "")
    with scope(inbox.workspace_id):
        assert DeliveryAction.objects.get().data == {"kind": "fetch_mail", "data": {"name": "ses-1"}}
    told(inbox)  # SNS may say it twice
    assert len(seen(inbox)) == 1
    with scope(inbox.workspace_id):
        assert Message.objects.get(kind="inbound").data["auth"]["outcome"] == "pass"
        assert InboundEvent.objects.exclude(state="applied").count() == 0


def test_large_mail_in_a_bucket_is_made_light(s3: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "MAX_MAIL", 100_000)
    monkeypatch.setattr(bucket, "PIECE", 10_000)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=large(20_000, 90_000))
    told(inbox)
    assert seen(inbox) == [("Is it there?", [("90000.pdf", "file_too_large")])]


def test_mail_that_is_gone_leaves_what_is_known_of_it(s3: Any, inbox: Inbox) -> None:
    told(inbox)
    assert seen(inbox) == [("", [("ses-1.eml", "mail_gone")])]
    assert delivery(inbox) == ("failed", "mail_gone")
    with scope(inbox.workspace_id):
        message = Message.objects.select_related("conversation").get(kind="inbound")
        assert message.conversation.subject == "The blue bowl"


def test_refused_access_is_told_and_tried_again_until_it_is_given(s3: Any, inbox: Inbox) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=RAW)

    @set_initial_no_auth_action_count(0)
    def refused() -> None:
        told(inbox)
        work(inbox)

    refused()
    assert delivery(inbox) == ("waiting", "bucket_refused")
    assert seen(inbox) == [("", [("ses-1.eml", "bucket_refused")])]
    work(inbox)
    assert delivery(inbox) == ("sent", "")
    assert seen(inbox)[1:] == [("Hello, is the blue bowl still there?", [])]


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", ""])
def test_bucket_that_is_quiet_is_asked_again_and_told_after_an_hour(
    s3: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=RAW)
    real = bucket._client

    class Quiet:
        def get_object(self, **_given: str) -> None:
            if code:
                raise ClientError({"Error": {"Code": code}}, "GetObject")
            raise EndpointConnectionError(endpoint_url="https://s3.eu-west-1.amazonaws.com")

    monkeypatch.setattr(bucket, "_client", lambda inbox, region: Quiet())
    told(inbox)
    assert (seen(inbox), delivery(inbox)) == ([], ("waiting", "bucket_quiet"))
    monkeypatch.setattr(bucket, "QUIET", timedelta())
    work(inbox)
    assert seen(inbox) == [("", [("ses-1.eml", "bucket_quiet")])]
    monkeypatch.setattr(bucket, "_client", real)
    work(inbox)
    assert seen(inbox)[1:] == [("Hello, is the blue bowl still there?", [])]


def test_mail_that_is_encrypted_for_somebody_else_is_told(s3: Any, inbox: Inbox) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"\0" * 100, Metadata={"x-amz-key-v2": "sealed"})
    told(inbox)
    assert seen(inbox) == [("", [("ses-1.eml", "mail_sealed")])]


def test_operators_own_access_is_never_used(inbox: Inbox) -> None:
    client = bucket._client(config_of(inbox), "eu-west-1")
    signer = client._request_signer._credentials
    assert (signer.access_key, signer.secret_key) == ("AKIA", "secret")
    assert client.meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"
    assert os.environ.get("AWS_ENDPOINT_URL", "") != client.meta.endpoint_url


@pytest.mark.parametrize(
    "action",
    [
        {"bucketName": "evil.example/x"},
        {"bucketName": "arn:aws:s3:eu-west-1:1:x"},
        {"bucketName": 5},
        {"objectKey": ""},
    ],
)
def test_place_that_is_none_is_refused(action: dict[str, Any]) -> None:
    config = inbox_with(**{**SES.settings, "aws_access_key": "AKIA", "aws_secret_key": "secret"})
    assert refusal(sns_request(sns_said(notice(**action)), inbox=config), config) == (400, "malformed")


def test_inbox_without_a_key_says_so() -> None:
    assert refusal(sns_request(sns_said(notice())), SES) == (400, "no_mail")


def test_form_wants_both_halves_and_keeps_the_secret() -> None:
    given = {"address": "help@shop.example", "receive": "ses", "ses_topic_arn": TOPIC, "aws_access_key": "AKIA"}
    assert "aws_secret_key" in ConfigForm(given).errors
    form = ConfigForm(given, initial={"aws_secret_key": "kept"})
    assert form.is_valid()
    assert form.cleaned_data["aws_secret_key"] == "kept"
    assert "kept" not in form.as_p()


def test_headers_of_a_notification_cannot_make_up_others() -> None:
    headers = [{"name": "Subject", "value": "a\r\nFrom: eve"}, {"name": "Bad name:", "value": "x"}, 5]
    assert bucket.fields_of({"headers": headers}) == b"Subject: a From: eve\r\n\r\n"
