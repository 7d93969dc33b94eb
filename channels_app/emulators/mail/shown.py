"""What a customer and a mailbox wrote to each other, as the customer's mail program shows it."""

import hashlib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser

from channels_app.emulators.mail.state import Taken, World

type Fields = dict[str, object]


def chat_as_seen(world: World, mailbox: str, customer: str) -> Fields:
    """The mails between a mailbox and a customer, oldest first; those that came back never arrived."""
    mine = [one for one in world.people if one.sender.lower() == customer.lower() and mailbox.lower() in _lower(one)]
    theirs = [one for one in world.taken if customer.lower() in _lower(one)]
    letters = sorted([*((one, True) for one in mine), *((one, False) for one in theirs)], key=lambda pair: pair[0].at)
    return {
        "mailbox": {"id": mailbox, "name": mailbox, "address": mailbox},
        "customer": {"id": customer, "name": customer},
        "is_typing": False,
        "messages": [_bubble(taken, is_mine=is_mine) for taken, is_mine in letters[-100:]],
    }


def file_of(world: World, name: str) -> EmailMessage | None:
    """An attachment by the id that the chat gives it."""
    mark, _dot, place = name.partition(".")
    for taken in (*world.people, *world.taken):
        if _mark(taken) == mark:
            parts = list(_read(taken).iter_attachments())
            return parts[int(place)] if place.isdecimal() and int(place) < len(parts) else None
    return None


def people_of(world: World, mailbox: str) -> list[str]:
    """The addresses that wrote to a mailbox."""
    return list(dict.fromkeys(one.sender for one in world.people if mailbox.lower() in _lower(one)))


def _bubble(taken: Taken, *, is_mine: bool) -> Fields:
    mail, mark = _read(taken), _mark(taken)
    text, quote = _split(_text(mail))
    files = [
        {"id": f"{mark}.{place}", "name": part.get_filename() or "", "type": part.get_content_type(), "size": len(bytes_of(part))}
        for place, part in enumerate(mail.iter_attachments())
    ]
    sender = getaddresses([str(mail["From"] or "")])[0]
    return {
        "id": mark, "is_mine": is_mine, "type": "mail", "at": taken.at, "tick": "sent", "subject": str(mail["Subject"] or ""),
        "from": sender[0] or sender[1], "message_id": str(mail["Message-ID"] or "").strip(), "text": text, "quote": quote,
        "files": files, "is_edited": False, "is_deleted": False, "reply_to": "", "reactions": {},
    }  # fmt: skip


def _lower(taken: Taken) -> set[str]:
    return {one.lower() for one in taken.recipients}


def _mark(taken: Taken) -> str:
    return hashlib.sha256(f"{taken.at}".encode() + taken.content).hexdigest()[:16]


def _read(taken: Taken) -> EmailMessage:
    return message_from_bytes(taken.content, policy=default)


def bytes_of(part: EmailMessage) -> bytes:
    """What an attachment holds."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(mail: EmailMessage) -> str:
    """The plain part, or what is read of the other one."""
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_subtype() != "html":
        return text.strip()
    reader = _Words()
    reader.feed(text)
    return reader.text.strip()


def _split(text: str) -> tuple[str, str]:
    """What was written, and what is quoted below it with the line that says of whom."""
    lines = text.splitlines()
    first = next((place for place, line in enumerate(lines) if line.startswith(">")), len(lines))
    if first == len(lines):
        return text, ""
    while first and (not lines[first - 1].strip() or lines[first - 1].rstrip().endswith(":")):
        first -= 1
    return "\n".join(lines[:first]).strip(), "\n".join(lines[first:]).strip()


class _Words(HTMLParser):
    """Collects a page's words."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "p", "div", "tr", "li"):
            self.text += "\n"
