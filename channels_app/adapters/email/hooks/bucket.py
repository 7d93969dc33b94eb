"""Mail that SES put into a bucket: what its notification says is kept, and a worker fetches the mail by the inbox's own key.

The bucket is reached at Amazon's own addresses alone, whatever the operator's AWS_* variables say, and never with the
operator's credentials: whoever may configure an inbox names the topic, and so what is fetched.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from channels_app.adapters.email.envelope import MAX_MAIL, Head, light_envelope, mail_envelope, opened, stored_body
from channels_app.adapters.email.hooks.access import text_setting
from channels_app.adapters.email.mime.attachments import LeftFile
from channels_app.adapters.email.mime.lightening import Lightened, Lightening
from channels_app.contract import ChannelError, Envelope, InboxConfig, RefusedError, UnparsableError
from channels_app.services.arrivals import event_body, store_events
from conversations.normalised import Errand

#: The first bytes of an envelope that holds no mail but the place where one is.
OBJECT = b'{"v":1,"object":'
ERRAND = "fetch_mail"
#: A bucket that does not answer for so long is told at the mail, which goes on being asked for.
QUIET = timedelta(hours=1)
#: SES takes mail of 40 MB; what is much larger is somebody else's.
MAX_READ = 100 * 1024 * 1024
PIECE = 1024 * 1024
MAX_FIELDS = 500
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_GONE = frozenset({"NoSuchKey", "NoSuchBucket", "404"})
_REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "AllAccessDisabled", "403"})


def placed_mail(notice: Mapping[str, Any], action: Mapping[str, Any], head: Head, inbox: InboxConfig) -> Envelope:
    """A notification without its mail as an event. Raises RefusedError where the mail cannot be fetched."""
    if not text_setting(inbox.settings, "aws_access_key") or not text_setting(inbox.settings, "aws_secret_key"):
        words = "This mail is in a bucket. Give the inbox an access key for it, or let the receipt rule publish to SNS itself."
        raise RefusedError(400, "no_mail", words)
    bucket, key, name = action.get("bucketName"), action.get("objectKey"), str(notice["mail"]["messageId"])[:100]
    if not isinstance(bucket, str) or not _BUCKET.fullmatch(bucket) or not isinstance(key, str) or not 0 < len(key) <= 1024:
        raise RefusedError(400, "malformed", "This notification does not name the bucket and the object of its mail.")
    fields = fields_of(notice["mail"])
    stored = b64encode(stored_body(head, fields)).decode()
    body = OBJECT + orjson.dumps({"bucket": bucket, "key": key, "name": name, "mail": stored}) + b"}"
    # In the line of its sender, behind what they wrote before.
    return Envelope(key=_key(name), sender=mail_envelope(fields, head).sender, body=body)


def fields_of(mail: Mapping[str, Any]) -> bytes:
    """The header of a mail, as its notification gives it; without what speaks of contents that are not there."""
    pairs = [(str(one.get("name", "")), str(one.get("value", ""))) for one in mail.get("headers") or [] if isinstance(one, dict)]
    lines = []
    for name, value in pairs[:MAX_FIELDS]:
        if not re.fullmatch(r"[!-9;-~]{1,70}", name) or name.lower().startswith(("content-", "mime-")):
            continue
        # Its own id is left to the mail itself, which may still come; what answers it stays in its thread.
        wanted = "References" if name.lower() == "message-id" else name
        lines.append(f"{wanted}: {' '.join(value.split())}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def errand_of(body: bytes) -> Errand:
    """What a stored event of this kind asks for; what it says of the customer stays in the event. Raises UnparsableError."""
    return Errand(ERRAND, {"name": _said(body)["name"]})


def fetch_mail(data: Mapping[str, Any], inbox: InboxConfig, region: str) -> None:
    """Fetch a mail and store it. What is known of one that cannot be had is stored in its place. Raises ChannelError."""
    name = str(data["name"])
    body = event_body(inbox, _key(name))
    if body is None:
        raise ChannelError("mail_gone", permanent=True)
    said = _said(body)
    head, fields = opened(b64decode(said["mail"]))
    try:
        found = _read(inbox, region, said["bucket"], said["key"])
    except ChannelError as error:
        is_old = datetime.now(UTC) - head.received_at > QUIET
        if error.code != "bucket_quiet" or is_old:
            left = [LeftFile(f"{name}.eml", "message/rfc822", 0, error.code)]
            store_events(inbox, [light_envelope(Lightened(fields, left, ""), head, key=f"ses:{name}:fields")])
        raise
    store_events(inbox, [light_envelope(found, head, key=f"ses:{name}")])


def _key(name: str) -> str:
    return f"ses:{name}:object"


def _said(body: bytes) -> dict[str, str]:
    try:
        said = orjson.loads(body)["object"]
        return {name: str(said[name]) for name in ("bucket", "key", "name", "mail")}
    except (ValueError, KeyError, TypeError) as error:
        raise UnparsableError("A stored place of a mail that cannot be read") from error


def _read(inbox: InboxConfig, region: str, bucket: str, key: str) -> Lightened:
    import botocore.exceptions  # imported on use, as boto3 is: together they cost a process 30 MB

    try:
        answer = _client(inbox, region).get_object(Bucket=bucket, Key=key)
        if any(name.lower().startswith("x-amz-key") for name in answer["Metadata"]):
            raise ChannelError("mail_sealed", permanent=True)
        found, place, size = Lightening(MAX_MAIL), 0, int(answer["ContentLength"])
        for piece in answer["Body"].iter_chunks(PIECE):
            found.feed(piece)
            place += len(piece)
            if place >= MAX_READ:
                break
        answer["Body"].close()
    except botocore.exceptions.ClientError as error:
        raise _failure(str(error.response.get("Error", {}).get("Code", ""))) from None
    except (botocore.exceptions.BotoCoreError, OSError) as error:
        raise ChannelError("bucket_quiet", detail=type(error).__name__) from None
    if not place:
        raise ChannelError("mail_gone", permanent=True)
    return found.done(cut_of=size if place < size else 0)


def _failure(code: str) -> ChannelError:
    if code in _GONE:
        return ChannelError("mail_gone", permanent=True, detail=code)
    # Somebody may mend the key's rights: it is asked again for as long as a mail is.
    return ChannelError("bucket_refused" if code in _REFUSED else "bucket_quiet", detail=code)


def _client(inbox: InboxConfig, region: str) -> Any:
    import boto3  # imported on use: it costs a process 30 MB, and most inboxes need none of it
    from botocore.config import Config

    config = Config(
        connect_timeout=5, read_timeout=15, retries={"max_attempts": 2, "mode": "standard"}, ignore_configured_endpoint_urls=True
    )
    return boto3.client(
        "s3",
        region_name=region,
        config=config,
        aws_access_key_id=text_setting(inbox.settings, "aws_access_key"),
        aws_secret_access_key=text_setting(inbox.settings, "aws_secret_key"),
    )
