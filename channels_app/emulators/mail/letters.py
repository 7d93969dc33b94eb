"""Mails that servers, programs and lists write about other mails, in the forms in which they really come."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from channels_app.emulators.mail.state import Taken, World
from channels_app.emulators.web import FilePart


def bounce(world: World, taken: Taken, recipient: str) -> None:
    """Taken first, refused later: a report comes to the envelope's sender (RFC 3464)."""
    _report(world, taken, recipient, ("failed", "5.1.1", "smtp; 550 5.1.1 User unknown"))


def delay_notice(world: World, taken: Taken, recipient: str) -> None:
    """Not delivered yet: a report that is no failure."""
    _report(world, taken, recipient, ("delayed", "4.4.1", "smtp; 451 4.4.1 Connection timed out"))


def auto_reply(world: World, taken: Taken, recipient: str) -> None:
    """An absence note as RFC 3834 wants it: marked, to the envelope's sender, from nobody."""
    if not taken.sender or _field(taken, "auto-submitted").lower() not in ("", "no"):
        return
    mail = _reply(world, taken, recipient, f"Out of office: {_field(taken, 'subject')}", "I am away until Monday.")
    mail["Auto-Submitted"] = "auto-replied"
    world.put("", taken.sender, mail.as_bytes())


def careless_reply(world: World, taken: Taken, recipient: str) -> None:
    """A program that answers everything, says nowhere that it is one, and writes to the From."""
    mail = _reply(world, taken, recipient, f"Re: {_field(taken, 'subject')}", "Thank you, we have received your mail.")
    world.put(recipient, parseaddr(_field(taken, "from"))[1], mail.as_bytes())


def forwarded(world: World, taken: Taken, recipient: str) -> None:
    """Sent on to `forwarded@` of the same domain with a changed subject, which breaks any signature."""
    head, edge, body = taken.content.partition(b"\r\n\r\n")
    fields = head.replace(b"\r\nSubject: ", b"\r\nSubject: Fwd: ", 1)
    target = f"forwarded@{recipient.rpartition('@')[2]}"
    world.put(recipient, target, b"X-Forwarded-To: " + target.encode() + b"\r\n" + fields + edge + body)


def list_copy(world: World, taken: Taken, recipient: str) -> None:
    """A mailing list: everybody gets it, its sender too, under the list's name."""
    head, edge, body = taken.content.partition(b"\r\n\r\n")
    head = head.replace(b"\r\nSubject: ", b"\r\nSubject: [list] ", 1)
    domain = recipient.rpartition("@")[2]
    fields = f"List-Id: <list.{domain}>\r\nList-Unsubscribe: <mailto:list-leave@{domain}>\r\nPrecedence: list\r\n".encode()
    world.put(f"list-bounces@{domain}", parseaddr(_field(taken, "from"))[1], fields + head + edge + body)


def written(
    world: World, *, sender: str, recipient: str, subject: str, text: str, headers: dict[str, str], files: Sequence[FilePart] = ()
) -> bytes:
    """A person's mail; `headers` add to it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, subject
    mail["Date"] = _date(world)
    mail["Message-ID"] = f"<{world.number()}.{world.random.getrandbits(48):x}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail.set_content(text)
    for one in files:
        kind, _slash, subtype = one.content_type.partition("/")
        mail.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
    for name, value in headers.items():
        del mail[name]
        mail[name] = value
    return mail.as_bytes()


def _reply(world: World, taken: Taken, recipient: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = recipient, parseaddr(_field(taken, "from"))[1], subject
    mail["Date"] = _date(world)
    mail["Message-ID"] = f"<auto.{world.number()}@{recipient.rpartition('@')[2]}>"
    mail["In-Reply-To"] = _field(taken, "message-id")
    mail.set_content(text)
    return mail


def _report(world: World, taken: Taken, recipient: str, said: tuple[str, str, str]) -> None:
    if not taken.sender:
        return
    action, status, diagnostic = said
    edge = f"report-{world.number()}"
    head = taken.content.partition(b"\r\n\r\n")[0].decode("latin-1")
    lines = [
        "From: MAILER-DAEMON@mx.emulated (Mail Delivery System)", f"To: {taken.sender}",
        f"Subject: {'Delayed Mail (still being retried)' if action == 'delayed' else 'Undelivered Mail Returned to Sender'}",
        f"Date: {_date(world)}", f"Message-ID: <{edge}@mx.emulated>", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{edge}"', "",
        f"--{edge}", "Content-Type: text/plain; charset=us-ascii", "", "This is the mail system at host mx.emulated.", "",
        f"--{edge}", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mx.emulated", "",
        f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}", f"Diagnostic-Code: {diagnostic}", "",
        f"--{edge}", "Content-Type: text/rfc822-headers", "", head, "", f"--{edge}--", "",
    ]  # fmt: skip
    world.put("", taken.sender, "\r\n".join(lines).encode("latin-1"))


def _field(taken: Taken, name: str) -> str:
    found: Message = message_from_bytes(taken.content)
    return str(found.get(name, "")).replace("\r", " ").replace("\n", " ")


def _date(world: World) -> str:
    return format_datetime(datetime.fromtimestamp(world.now(), UTC))
