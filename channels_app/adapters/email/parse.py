"""From a stored mail to normalised events. Pure: the stored bytes and the inbox's settings decide everything."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import unquote

import orjson

from channels_app.adapters.email.authenticity.judging import judged_later
from channels_app.adapters.email.automatic import list_id, why_automatic, why_dropped, writer_behind_form
from channels_app.adapters.email.bounces import receipts_in
from channels_app.adapters.email.envelope import Head, Verdict, opened
from channels_app.adapters.email.folding import folds_of
from channels_app.adapters.email.hooks.bucket import OBJECT, errand_of
from channels_app.adapters.email.hooks.ses import SUBSCRIPTION
from channels_app.adapters.email.message_ids import made_up_id, normal_id
from channels_app.adapters.email.mime.addresses import Address, addresses, is_own, key_of, normal_address
from channels_app.adapters.email.mime.attachments import Files, files_of, guessed_type, safe_name
from channels_app.adapters.email.mime.bodies import MAX_TEXT, Body, body_of
from channels_app.adapters.email.mime.dates import written_at
from channels_app.adapters.email.mime.reading import Leaf, Part, content_type, leaves, raw_value, read, value
from channels_app.adapters.email.mime.uuencode import without_uuencoded
from channels_app.adapters.email.own import OwnMail, own_mail
from channels_app.adapters.email.threads import bounced_message, thread_of
from channels_app.contract import InboxConfig, UnparsableError
from channels_app.html_text import text_from_html
from conversations.normalised import Claim, Errand, InboundMessage, InlineFile, Normalised, RemoteFile, Sender

#: The kind of the identities that mail gives.
IDENTITY = "email"
#: In a remote file's reference: the code for why there is nothing to be fetched.
LEFT = "left"
_CONTENT_ID = re.compile(r"""cid:([^\s"'<>()]{1,300})""", re.IGNORECASE)
_SEALED = {
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/pgp-encrypted": "pgp",
    "application/pkcs7-signature": "smime_signed",
    "application/x-pkcs7-signature": "smime_signed",
    "application/pgp-signature": "pgp_signed",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """`dropped`: why a mail became no message (our own coming back), a short code; empty otherwise."""

    events: Sequence[Normalised]
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class _Mail:
    """One mail, opened."""

    head: Head
    raw: bytes
    root: Part
    leaves: Sequence[Leaf]
    own: OwnMail
    fingerprint: str


def parse(body: bytes, inbox: InboxConfig) -> Parsed:
    """What a stored event says. Raises UnparsableError for what was not stored by this channel."""
    if body.startswith(SUBSCRIPTION):
        return Parsed([_subscription(body)])
    if body.startswith(OBJECT):
        return Parsed([errand_of(body)])
    head, raw = opened(body)
    root = read(raw)
    mail = _Mail(head, raw, root, leaves(root), own_mail(inbox), _fingerprint(root, raw))
    receipts = receipts_in(root, raw, mail.leaves, mail.own, bounced_message(root, head, mail.own), head.received_at)
    if receipts:
        return Parsed(receipts)
    author = _author(mail)
    dropped = why_dropped(root, mail.own, author.value)
    return Parsed([], dropped) if dropped else Parsed([_message(mail, author)])


def _subscription(body: bytes) -> Errand:
    try:
        said = orjson.loads(body)
        return Errand("confirm_subscription", {"url": str(said["subscribe"])})
    except (ValueError, KeyError, TypeError) as error:
        raise UnparsableError("A stored subscription that cannot be read") from error


def _message(mail: _Mail, author: Address) -> InboundMessage:
    body = body_of(mail.leaves)
    files = files_of(body.rest)
    text, unpacked = without_uuencoded(body.text)
    for number, (name, content) in enumerate(unpacked, start=len(body.rest) + 1):
        files.add(safe_name(name, "", number), content, guessed_type(name))
    html = body.html or files.html
    text = (text if text.strip() else "") or files.text or text_from_html(html)
    text = text[:MAX_TEXT].strip("\n")
    form_writer = writer_behind_form(mail.root, mail.own) if _is_from_form(mail, author) else None
    verdict = Verdict("none", "form") if form_writer else _verdict(mail)
    sender = form_writer or author
    automatic = why_automatic(mail.root, mail.head, sender.value)
    return InboundMessage(
        sender=_sender(sender, verdict, mail.root),
        provider_id=normal_id(raw_value(mail.root, "message-id")) or made_up_id(mail.fingerprint),
        occurred_at=written_at(mail.root, mail.head.received_at),
        text=text,
        data={**_data(mail, body, files, verdict, automatic, text), "content_hash": _content_hash(sender, text, files.kept)},
        files=(*_with_used_ids(files.kept, html), *_left_out(mail.head, files)),
        html=html,
        original=mail.raw,
        thread=thread_of(mail.root, mail.head, mail.own, sender.value),
        is_automatic=bool(automatic),
    )


def _sender(address: Address, verdict: Verdict, root: Part) -> Sender:
    """The author as a sender. Only a proven one claims to be whoever else has the address."""
    is_proven = verdict.outcome == "pass"
    claims = (Claim(IDENTITY, address.value, is_verified=True),) if is_proven else ()
    return Sender(IDENTITY, address.value, address.name, _language(root), is_verified=is_proven, claims=claims)


def _data(mail: _Mail, body: Body, files: Files, verdict: Verdict, automatic: str, text: str) -> dict[str, Any]:
    """What of a mail is neither text nor file; things that are not there are left out."""
    root = mail.root
    said: dict[str, Any] = {
        "subject": value(root, "subject")[:255],
        "to": _people(addresses(root, "to")),
        "cc": _people(addresses(root, "cc")),
        "reply_to": [one.value for one in addresses(root, "reply-to")[:5]],
        "quoted": [[one.kind, one.start, one.end] for one in folds_of(text)],
        "automatic": automatic,
        "list": list_id(root),
        "calendar": files.calendar,
        "sealed": next((_SEALED[kind] for leaf in mail.leaves if (kind := content_type(leaf.part)) in _SEALED), ""),
        "cut": body.is_cut,
    }
    kept = {name: found for name, found in said.items() if found}
    auth = {"outcome": verdict.outcome, "reason": verdict.reason, "domain": verdict.domain}
    return {**kept, "auth": auth, "fingerprint": mail.fingerprint}


def _left_out(head: Head, files: Files) -> list[RemoteFile]:
    """What is not kept, by name, size and reason: shown where files are that could not be fetched."""
    # Where a part's content was left out, its empty place may be there.
    left = [*head.left, *(one for one in files.lost if one.size or not head.left)]
    return [RemoteFile({LEFT: one.reason}, one.name, one.content_type, one.size) for one in left]


def _author(mail: _Mail) -> Address:
    """Who wrote the mail; a mail that names nobody is from nobody else's nobody."""
    named = addresses(mail.root, "from") or addresses(mail.root, "sender", "reply-to")
    if named:
        return named[0]
    route = normal_address(mail.head.mail_from or "") or normal_address(raw_value(mail.root, "return-path"))
    return Address(route or f"nobody-{mail.fingerprint[7:19]}@missing.invalid")


def _is_from_form(mail: _Mail, author: Address) -> bool:
    return is_own(author.value, mail.own.addresses)


def _verdict(mail: _Mail) -> Verdict:
    return mail.head.verdict or judged_later(mail.raw, mail.head.texts, mail.head.received_at)


def _language(root: Part) -> str:
    """The language that the mail declares, as `pt` or `pt-br`."""
    declared = raw_value(root, "content-language").partition(",")[0].strip().lower()
    return declared if declared.replace("-", "").isalpha() and 2 <= len(declared) <= 8 and declared.isascii() else ""


def _people(found: Sequence[Address]) -> list[list[str]]:
    return [[one.value, one.name] for one in found[:50]]


def _with_used_ids(files: Sequence[InlineFile], html: str) -> tuple[InlineFile, ...]:
    """The files, each with its content id only where the HTML shows it, spelt as there."""
    used = {name.lower(): name for found in _CONTENT_ID.findall(html) if (name := unquote(unescape(found)))}
    return tuple(replace(one, content_id=used.get(one.content_id.lower(), "")) for one in files)


def _content_hash(sender: Address, text: str, files: Sequence[InlineFile]) -> str:
    """What two copies of a mail say alike, also where one was coded anew on its way: who wrote, the words, the files."""
    found = hashlib.sha256(f"{key_of(sender.value)}\n{' '.join(text.split())}\n".encode("utf-8", "surrogateescape"))
    for digest in sorted(hashlib.sha256(one.content).digest() for one in files):
        found.update(digest)
    return found.hexdigest()[:32]


def _fingerprint(root: Part, raw: bytes) -> str:
    """What two copies of a mail have in common, whichever way each came."""
    found = hashlib.sha256()
    for name in ("from", "date", "subject", "message-id"):
        found.update(raw_value(root, name).encode("utf-8", "surrogateescape") + b"\n")
    ends = [place for place in (raw.find(b"\n\n"), raw.find(b"\r\n\r\n")) if place >= 0]
    found.update(raw[min(ends, default=0) :].replace(b"\r\n", b"\n").strip())
    return f"sha256.{found.hexdigest()}"
