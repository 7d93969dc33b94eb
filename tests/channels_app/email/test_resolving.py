"""DNS over the wire, against a small server of the tests' own."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from channels_app.adapters.email.authenticity import resolving
from channels_app.adapters.email.authenticity.judging import judged
from channels_app.adapters.email.authenticity.resolving import NoAnswerError, SystemResolver, texts
from tests.channels_app.email.builders import AT, make_mail

_ZONE = {
    ("_dmarc.customer.example.", "TXT"): '"v=DMARC1; " "p=reject"',
    ("customer.example.", "MX"): "10 MX.customer.example.",
    ("mx.customer.example.", "A"): "192.0.2.1",
}


def _answer(question: bytes) -> bytes | None:
    query = dns.message.from_wire(question)
    asked = query.question[0]
    name, kind = asked.name.to_text().lower(), dns.rdatatype.to_text(asked.rdtype)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if name.startswith("silent."):
        return None
    if name.startswith("broken."):
        response.set_rcode(dns.rcode.SERVFAIL)
    elif (name, kind) in _ZONE:
        response.answer.append(dns.rrset.from_text(asked.name, 300, "IN", kind, _ZONE[(name, kind)]))
    elif name not in {known for known, _kind in _ZONE}:
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemResolver]:
    monkeypatch.setattr(resolving, "TIMEOUT", 0.4)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            question, client = server.recvfrom(2048)
            if not question:
                return
            answer = _answer(question)
            if answer is not None:
                server.sendto(answer, client)

    thread = threading.Thread(target=serve)
    thread.start()
    inner = dns.resolver.Resolver(configure=False)
    inner.nameservers, inner.port = ["127.0.0.1"], server.getsockname()[1]
    yield SystemResolver(inner)
    server.sendto(b"", server.getsockname())
    thread.join()
    server.close()


def test_records_are_read_from_the_wire(resolver: SystemResolver) -> None:
    assert texts(resolver, "_dmarc.customer.example") == ["v=DMARC1; p=reject"]
    assert resolver.lookup("customer.example", "MX") == ((10, "MX.customer.example"),)
    assert resolver.lookup("mx.customer.example", "A") == ("192.0.2.1",)


def test_name_that_is_not_there_has_no_records(resolver: SystemResolver) -> None:
    assert resolver.lookup("nobody.example", "TXT") == ()
    assert resolver.lookup("mx.customer.example", "TXT") == ()


@pytest.mark.parametrize("name", ["silent.example", "broken.example", "x" * 70 + ".example", "a..b"])
def test_no_answer_is_no_record(resolver: SystemResolver, name: str) -> None:
    with pytest.raises(NoAnswerError):
        resolver.lookup(name, "TXT")


def test_mail_is_judged_by_what_dns_says(resolver: SystemResolver) -> None:
    assert judged(make_mail(), "", resolver, at=AT).outcome == "fail"
    assert judged(make_mail(From="x@nobody.example"), "", resolver, at=AT).outcome == "none"
