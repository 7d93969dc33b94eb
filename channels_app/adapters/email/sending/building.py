"""Building a mail: its fields and parts, as bytes to hand over. The same message gives the same Message-ID at every try."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any

import dkim
from django.utils import timezone

from channels_app.adapters.email.mime.addresses import normal_address, wire_address
from channels_app.adapters.email.own import OwnMail, own_mail
from channels_app.adapters.email.reply_tokens import reply_address
from channels_app.adapters.email.sending.headers import field as raw_field, one_line, references, reply_subject
from channels_app.adapters.email.sending.markup import as_html, as_text, names_of_images
from channels_app.contract import ChannelError, InboxConfig, Outgoing, OutgoingFile

MAX_COPIES = 50
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", re.IGNORECASE)
_SIGNED = [
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"reply-to",
    b"mime-version",
    b"content-type",
]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to hand over. `to` is whom it is for, `copies` who else gets it, open or blind."""

    message_id: str
    to: str
    content: bytes = field(repr=False)
    copies: tuple[str, ...] = ()

    @property
    def needs_utf8(self) -> bool:
        """Whether an address cannot be written in ASCII."""
        return not all(one.isascii() for one in (self.to, *self.copies)) or not self.content.isascii()


def built(outgoing: Outgoing, inbox: InboxConfig) -> Mail:
    """The mail of a message. Raises ChannelError for an address or file that no mail can have."""
    own = own_mail(inbox)
    to = normal_address(outgoing.to)
    if not to or not own.address:
        raise ChannelError("mailbox_unknown" if own.address else "not_connected", permanent=True)
    message_id = own.message_id(outgoing.reference)
    open_copies, blind = (_people(outgoing.data.get(name)) for name in ("cc", "bcc"))
    mail = _parts(outgoing, inbox)
    mail["From"] = _address(own.address, str(inbox.settings.get("display_name") or ""))
    mail["To"] = _address(to, outgoing.name)
    if open_copies:
        mail["Cc"] = [_address(value, name) for value, name in open_copies]
    mail["Subject"] = subject_of(outgoing, inbox)
    mail["Date"] = format_datetime(timezone.now())
    to, copies = wire_address(to), [wire_address(value) for value, _name in (*open_copies, *blind)]
    shown = (wire_address(own.address), to, *copies[: len(open_copies)])
    policy = SMTP.clone(utf8=not all(one.isascii() for one in shown))
    content = _raw_fields(outgoing, own, message_id) + mail.as_bytes(policy=policy)
    others = tuple(one for one in dict.fromkeys(copies) if one != to)
    return Mail(message_id, to, _signed(content, own, inbox.settings), others)


def subject_of(outgoing: Outgoing, inbox: InboxConfig) -> str:
    """The message's own subject, else the conversation's, as an answer where there is something to answer."""
    given = one_line(str(outgoing.data.get("subject") or ""))
    if given:
        return given
    subject = one_line(outgoing.subject)
    if not subject:
        return one_line(str(inbox.settings.get("display_name") or inbox.settings.get("address") or ""))
    return reply_subject(subject) if outgoing.reply_to or outgoing.earlier else subject


def _raw_fields(outgoing: Outgoing, own: OwnMail, message_id: str) -> bytes:
    found = [raw_field("Message-ID", [message_id])]
    answered = outgoing.reply_to or (outgoing.earlier[-1] if outgoing.earlier else "")
    thread = references(outgoing.earlier, answered)
    if thread:
        found += [raw_field("In-Reply-To", [thread[-1]]), raw_field("References", thread)]
    if outgoing.conversation and own.secret:
        found.append(raw_field("Reply-To", [_in_ascii(reply_address(own.address, own.secret, outgoing.conversation))]))
    if outgoing.is_automatic:
        kind = "auto-replied" if thread else "auto-generated"
        found += [raw_field("Auto-Submitted", [kind]), raw_field("X-Auto-Response-Suppress", ["All"])]
    unsubscribe = str(outgoing.data.get("unsubscribe") or "")
    if unsubscribe.startswith("https://"):
        found.append(raw_field("List-Unsubscribe", [f"<{unsubscribe}>"]))
        found.append(raw_field("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]))
        found.append(raw_field("Precedence", ["bulk"]))
    return b"".join(found)


def _in_ascii(address: str) -> str:
    """A reply address for the wire; an inbox whose own name is not ASCII is answered at its short one."""
    local, _at, domain = wire_address(address).rpartition("@")
    return f"{local if local.isascii() else 'reply+' + local.rpartition('+')[2]}@{domain}"


def _parts(outgoing: Outgoing, inbox: InboxConfig) -> EmailMessage:
    """The text, its HTML with the images it shows, and the other files."""
    signature = str(inbox.settings.get("signature") or "").strip()
    wanted = names_of_images(outgoing.text)
    shown = {one.name: one for one in outgoing.files if one.name in wanted and one.content_type in _IMAGES}
    cids = {name: f"{one.id}@image" for name, one in shown.items()}
    mail = EmailMessage(policy=SMTP)
    text = as_text(outgoing.text) + (f"\n\n-- \n{signature}" if signature else "")
    mail.set_content(_clean(text) + "\n", cte="quoted-printable")
    html = f'<div dir="auto">{as_html(_clean(outgoing.text), cids)}</div>'
    if signature:
        html += f'\n<div dir="auto"><br>-- <br>\n{escape(_clean(signature)).replace(chr(10), "<br>" + chr(10))}</div>'
    mail.add_alternative(f"<!doctype html>\n<html><body>\n{html}\n</body></html>\n", subtype="html", cte="quoted-printable")
    alternative = mail.get_payload()[-1]  # type: ignore[index]
    for name, one in shown.items():
        kind, _slash, subtype = one.content_type.partition("/")
        alternative.add_related(  # type: ignore[union-attr]
            one.read(), kind, subtype, cid=f"<{cids[name]}>", filename=one_line(one.name), disposition="inline"
        )
    _attach(mail, [one for one in outgoing.files if shown.get(one.name) is not one])
    return mail


def _attach(mail: EmailMessage, files: Sequence[OutgoingFile]) -> None:
    for one in files:
        known = one.content_type if _TYPE.fullmatch(one.content_type) else "application/octet-stream"
        # A mail or a multipart in a mail would be taken apart by servers on the way.
        if known.lower().startswith(("message/", "multipart/")):
            known = "application/octet-stream"
        kind, _slash, subtype = known.partition("/")
        mail.add_attachment(one.read(), kind, subtype, filename=one_line(one.name) or "file")


def _people(given: Any) -> list[tuple[str, str]]:
    """The addresses of a message's copies, each given as itself or with a name. Raises ChannelError for one that is none."""
    found: dict[str, str] = {}
    for one in given[:MAX_COPIES] if isinstance(given, list | tuple) else ():
        value, name = (one[0], one[1] if len(one) > 1 else "") if isinstance(one, list | tuple) and one else (one, "")
        address = normal_address(str(value))
        if not address:
            raise ChannelError("copy_unknown", permanent=True)
        found.setdefault(address, str(name))
    return list(found.items())


def _address(value: str, name: str) -> Address:
    local, _at, domain = wire_address(value).rpartition("@")
    return Address(display_name=one_line(name, 120), username=local, domain=domain)


def _clean(text: str) -> str:
    return "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign.isprintable() or sign in "\n\t")


def _signed(content: bytes, own: OwnMail, settings: Mapping[str, Any]) -> bytes:
    """The mail under the inbox's own DKIM key, where it has one. Raises ChannelError for a key that does not sign."""
    key, selector = str(settings.get("dkim_key") or ""), str(settings.get("dkim_selector") or "")
    if not key or not selector:
        return content
    domain = wire_address(own.address).rpartition("@")[2].encode()
    present = [name for name in _SIGNED if re.search(rb"(?im)^" + name + rb":", content.partition(b"\r\n\r\n")[0])]
    try:
        signature: bytes = dkim.sign(content, selector.encode(), domain, key.encode(), include_headers=present)
    except (dkim.DKIMException, ValueError, TypeError, AttributeError):
        raise ChannelError("dkim_key_void", permanent=True, is_inbox_wide=True) from None
    return signature + content
