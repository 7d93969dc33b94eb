"""Mail: what reading one costs beside the standard library's own reading, and how many a worker applies."""

import email
import email.policy
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from random import Random

from django.db import connection
from django.utils import timezone

from bench.figures import Figure, middle
from bench.stage import Stage
from channels_app.adapters.email.envelope import Head, Verdict, stored_body
from channels_app.contract import Envelope, InboxConfig
from channels_app.registry import adapter_of, config_of
from channels_app.services import drain
from channels_app.services.rows import INSERT, columns_of, sealed_row
from conversations.models import Inbox
from core.tenancy import crossing, scope

ROUNDS = 5
MAILS = 120
_WORDS = "hello my parcel has not come yet could you please look where it is thank you".split()  # noqa: SIM905  # prose


def run(stage: Stage) -> Iterator[Figure]:
    inbox = _inbox(stage)
    adapter = adapter_of("email")
    mails = [_mail(number) for number in range(MAILS)]
    bodies = [stored_body(_head(), one) for one in mails]
    for body in bodies:  # warm: tables, patterns, parsers
        adapter.parse(body, inbox)
    pairs = []
    for _round in range(ROUNDS):
        ours = _millis(lambda: [adapter.parse(body, inbox) for body in bodies])
        pairs.append((ours, _millis(lambda: [_plainly_read(one) for one in mails])))
    parse, limit = (middle(values) / MAILS for values in zip(*pairs, strict=True))
    beside = (
        f"{parse:.2f} ms of CPU a mail, the library's own walk {limit:.2f} ms; {sum(map(len, mails)) / MAILS / 1024:.0f} kB each"
    )
    yield Figure("mail.parse", middle([one / other for one, other in pairs]), 8, "×", ambition=4, beside=beside)
    drain.drain()  # what another run was stopped in
    rates = [_applied(stage, inbox, number) for number in range(ROUNDS)]
    yield Figure(
        "mail.rate", middle(rates), 30, " mails/s", at_most=False, ambition=100, beside="stored to applied, one worker process"
    )


def _applied(stage: Stage, inbox: InboxConfig, number: int) -> float:
    """Mails a second from stored to applied, each with its file and original, of as many senders."""
    rows = [
        sealed_row(inbox, Envelope(f"{number}-{index}", f"sender-{index}", stored_body(_head(), _mail(index, turn=number + 1))))
        for index in range(MAILS)
    ]
    with crossing("store the mails of a benchmark"), connection.cursor() as cursor:
        cursor.execute(INSERT, columns_of(rows))
    start = time.perf_counter()
    settled = drain.drain()
    if settled != MAILS:
        raise RuntimeError(f"Of {MAILS} mails {settled} were settled.")
    return MAILS / (time.perf_counter() - start)


def _millis(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _plainly_read(raw: bytes) -> int:
    """The least that reading a mail takes: every part opened and decoded by the standard library."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return sum(len(part.get_payload(decode=True) or b"") for part in message.walk() if not part.is_multipart())


def _head() -> Head:
    return Head(received_at=timezone.now(), source="mailbox", verdict=Verdict("pass", "dkim", "customers.example"))


def _mail(number: int, *, turn: int = 0) -> bytes:
    random = Random(number)  # the same mails in every run
    text = "\n\n".join(" ".join(random.choices(_WORDS, k=60)) for _paragraph in range(3))
    message = EmailMessage()
    message["From"] = f"Person {number} <person{number}@customers.example>"
    message["To"] = "Support <support@shop.example>"
    message["Subject"] = f"Order {number}"
    message["Message-ID"] = f"<{turn}-{number}@customers.example>"
    message["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
    message.set_content(f"{text}\n\nOn Fri, 20 Nov 2026 at 09:12, Support <support@shop.example> wrote:\n> On its way.\n")
    message.add_alternative(f"<p>{text}</p><blockquote>On its way.</blockquote>", subtype="html")
    message.add_attachment(random.randbytes(20_000), maintype="application", subtype="octet-stream", filename="order.bin")
    return message.as_bytes()


def _inbox(stage: Stage) -> InboxConfig:
    with scope(stage.workspace):
        settings = adapter_of("email").new_settings({"address": "support@shop.example"})
        inbox = Inbox(name="Bench mail", channel="email", settings=settings)
        inbox.save(force_insert=True)
        return config_of(inbox)
