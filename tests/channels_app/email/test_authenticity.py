"""SPF, DKIM and DMARC: who may be believed. Mails are signed here with keys of the tests' own; DNS is handed in."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

import dkim
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from channels_app.adapters.email.authenticity import resolving
from channels_app.adapters.email.authenticity.alignment import are_aligned, organisation, policy_of
from channels_app.adapters.email.authenticity.judging import judged, judged_later, names_to_ask
from channels_app.adapters.email.authenticity.resolving import Answer, Bounded, NoAnswerError
from channels_app.adapters.email.authenticity.senders import may_send
from channels_app.adapters.email.envelope import Verdict
from tests.channels_app.email.builders import AT, make_mail, message_of


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def _record() -> str:
    public = _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def signed(raw: bytes, domain: str = "customer.example", *, at: datetime = AT, length: bool = False) -> bytes:
    """The mail with a signature of the domain on top, made at this time."""
    pem = _key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    names = [b"from", b"to", b"subject", b"date"]
    with time_machine.travel(at, tick=False):
        return bytes(dkim.sign(raw, b"s1", domain.encode(), pem, include_headers=names, length=length)) + raw


class Dns:
    """DNS with these records; a name that is `silent` does not answer."""

    def __init__(self, records: Mapping[tuple[str, str], Sequence[Answer]] | None = None, silent: Sequence[str] = ()) -> None:
        self.records = {("s1._domainkey.customer.example", "TXT"): [_record()], **(records or {})}
        self.silent, self.asked = silent, 0

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        self.asked += 1
        if name in self.silent:
            raise NoAnswerError(name)
        return self.records.get((name, kind), ())


REJECT = {("_dmarc.customer.example", "TXT"): ["v=DMARC1; p=reject"]}


def verdict(raw: bytes, dns: Dns | None = None, **options: object) -> tuple[str, str]:
    found = judged(raw, str(options.pop("peer_ip", "")), dns or Dns(), at=AT, **options)  # type: ignore[arg-type]
    return found.outcome, found.reason


def test_signed_mail_is_its_senders() -> None:
    assert verdict(signed(make_mail())) == ("pass", "dkim")


def test_subdomains_speak_for_each_other_unless_the_policy_is_strict() -> None:
    raw = signed(make_mail(From="zoe@mail.customer.example"))
    assert verdict(raw) == ("pass", "dkim")
    strict = Dns({("_dmarc.mail.customer.example", "TXT"): ["v=DMARC1; p=reject; adkim=s"]})
    assert verdict(raw, strict) == ("fail", "dmarc")


def test_others_signature_proves_nothing() -> None:
    other = Dns({("s1._domainkey.evil.example", "TXT"): [_record()]})
    assert verdict(signed(make_mail(), "evil.example"), other) == ("none", "unproven")
    assert verdict(signed(make_mail(), "evil.example"), Dns({**other.records, **REJECT})) == ("fail", "dmarc")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"blue bowl still", b"red bowl still"), (b"Subject: The", b"Subject: No"), (b"From: Zo", b"From: Mo"), (b"zoe@", b"eve@")],
)
def test_changed_mail_is_not_believed(old: bytes, new: bytes) -> None:
    raw = signed(make_mail())
    assert raw.count(old) == 1
    assert verdict(raw.replace(old, new)) == ("fail", "dkim")


def test_second_author_is_not_believed() -> None:
    raw = signed(make_mail())
    assert verdict(b"From: boss@customer.example\r\n" + raw) == ("none", "no_single_sender")
    assert verdict(signed(make_mail(From="zoe@customer.example, boss@bank.example"))) == ("none", "no_single_sender")
    assert verdict(make_mail(From="")) == ("none", "no_single_sender")


def test_signature_that_lets_the_mail_grow_is_not_believed() -> None:
    assert verdict(signed(make_mail(), length=True)) == ("fail", "dkim")


def test_signature_of_another_time_is_not_believed() -> None:
    raw = make_mail()
    for at in (AT + timedelta(days=2), AT - timedelta(days=9)):
        tagged = signed(raw, at=at)
        assert (judged(tagged, "", Dns(), at=AT).outcome == "pass") is (at < AT)
    ended = signed(raw).replace(b"; t=", b"; x=1000000000; t=")
    assert verdict(ended)[0] == "fail"


def test_same_stored_mail_is_judged_alike_for_ever() -> None:
    raw = signed(make_mail())
    texts = {"s1._domainkey.customer.example": (_record(),), "_dmarc.customer.example": ()}
    assert judged_later(raw, texts, AT) == Verdict("pass", "dkim", "customer.example")
    assert message_of(raw, verdict=None, texts=texts).sender.is_verified
    assert not message_of(raw, verdict=None).sender.is_verified


@pytest.mark.parametrize(
    "record", ["", "v=DKIM1; p=", "v=DKIM1; p=!!!", "junk", "v=DKIM1; k=ed25519; p=" + "A" * 43 + "=", "v=DKIM1; k=rsa; p=AAAA"]
)
def test_key_that_is_none_proves_nothing(record: str) -> None:
    dns = Dns({("s1._domainkey.customer.example", "TXT"): [record] if record else []})
    assert verdict(signed(make_mail()), dns) == ("fail", "dkim")


@pytest.mark.parametrize(
    "field",
    [
        "DKIM-Signature: v=1; a=rsa-sha256; d=customer.example; s=s1; h=from; bh=x; b=y",
        "DKIM-Signature: ;;;=",
        "DKIM-Signature: v=1; d=customer.example; s=" + "s" * 400,
        "DKIM-Signature: v=1; a=rsa-sha1; c=simple/simple; d=customer.example; s=s1; h=to; bh=eA==; b=eA==",
        "DKIM-Signature: v=1; a=none; d=customer.example; s=s1; h=from; bh=eA==; b=eA==",
    ],
)
def test_signature_that_is_junk_proves_nothing(field: str) -> None:
    assert verdict(make_mail(field))[0] in ("fail", "none")


def test_silent_dns_leaves_the_sender_unproven() -> None:
    raw = signed(make_mail())
    assert verdict(raw, Dns(silent=["s1._domainkey.customer.example"])) == ("none", "no_answer")
    assert verdict(raw, Dns(REJECT, silent=["s1._domainkey.customer.example"])) == ("none", "no_answer")
    assert verdict(make_mail(), Dns(silent=["_dmarc.customer.example"])) == ("none", "no_answer")


SPF: dict[tuple[str, str], Sequence[Answer]] = {
    ("customer.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 include:also.example -all"],
    ("also.example", "TXT"): ["v=spf1 mx -all"],
    ("also.example", "MX"): [(10, "mx.also.example")],
    ("mx.also.example", "A"): ["198.51.100.7"],
    ("mx.also.example", "AAAA"): ["2001:db8::7"],
}


@pytest.mark.parametrize(
    ("peer_ip", "outcome"),
    [
        ("192.0.2.9", "pass"),
        ("198.51.100.7", "pass"),
        ("2001:db8::7", "pass"),
        ("203.0.113.1", "fail"),
        ("", "none"),
        ("junk", "none"),
    ],
)
def test_spf_is_judged_by_the_sending_server(peer_ip: str, outcome: str) -> None:
    assert may_send(peer_ip, "zoe@customer.example", "mx.customer.example", Dns(SPF)) == outcome


def test_spf_counts_for_the_authors_own_domain_only() -> None:
    dns = Dns(SPF)
    assert verdict(make_mail(), dns, peer_ip="192.0.2.9", mail_from="zoe@customer.example") == ("pass", "spf")
    assert verdict(make_mail(From="boss@bank.example"), dns, peer_ip="192.0.2.9", mail_from="zoe@customer.example") == (
        "none",
        "unproven",
    )
    assert verdict(make_mail(), dns, peer_ip="203.0.113.1", mail_from="zoe@customer.example") == ("none", "unproven")


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 include:customer.example -all",
        "v=spf1 a:" + "x." * 200,
        "v=spf1 exists:%{i}.%{",
        "v=spf1 redirect=customer.example",
    ],
)
def test_hostile_spf_ends(record: str) -> None:
    dns = Dns({("customer.example", "TXT"): [record]})
    assert may_send("192.0.2.9", "zoe@customer.example", "", dns) in ("none", "fail")
    assert dns.asked < 60


def test_silent_dns_is_no_spf_failure() -> None:
    assert may_send("192.0.2.9", "zoe@customer.example", "", Dns(SPF, silent=["customer.example"])) == "none"


def test_judgement_asks_dns_within_limits() -> None:
    class Endless:
        asked = 0

        def lookup(self, name: str, kind: str) -> Sequence[Answer]:
            self.asked += 1
            return ()

    endless = Endless()
    bounded = Bounded(endless)
    for number in range(resolving.MAX_LOOKUPS):
        bounded.lookup(f"x{number}.example", "TXT")
        bounded.lookup(f"X{number}.example.", "TXT")
    with pytest.raises(NoAnswerError):
        bounded.lookup("more.example", "TXT")
    assert endless.asked == resolving.MAX_LOOKUPS


def test_names_to_ask_are_the_aligned_signers_and_the_policy() -> None:
    raw = signed(signed(make_mail(From="zoe@mail.customer.example")), "evil.example")
    assert names_to_ask(raw) == ["s1._domainkey.customer.example", "_dmarc.mail.customer.example", "_dmarc.customer.example"]
    assert names_to_ask(make_mail(From="")) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("mail.shop.co.uk", "shop.co.uk", True),
        ("one.co.uk", "two.co.uk", False),
        ("a.github.io", "b.github.io", False),
        ("CAFÉ.example", "xn--caf-dma.example", True),
        ("", "", False),
        ("com", "com", True),
        ("x.com", "com", False),
    ],
)
def test_domains_that_belong_together(one: str, other: str, expected: bool) -> None:
    assert are_aligned(one, other) is expected


def test_policy_of_a_subdomain_is_the_organisations() -> None:
    dns = Dns({("_dmarc.customer.example", "TXT"): ["v=DMARC1; p=none; sp=reject"]})
    of_sub, of_own = policy_of("mail.customer.example", dns), policy_of("customer.example", dns)
    assert of_sub is not None
    assert of_own is not None
    assert (of_sub.is_enforced, of_own.is_enforced) == (True, False)
    assert (
        policy_of("customer.example", Dns({("_dmarc.customer.example", "TXT"): ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}))
        is None
    )
    assert organisation("a.b.customer.example") == "customer.example"


OWN = frozenset({"mx.mailhost.example"})
ABOVE = "Received: from mx.customer.example by mx.mailhost.example with ESMTPS; Fri, 20 Nov 2026 11:00:01 +0000"


def results(said: str, authserv_id: str = "mx.mailhost.example") -> str:
    return f"Authentication-Results: {authserv_id}; {said}"


def with_fields(*fields: str) -> bytes:
    return "\r\n".join([*fields, ""]).encode() + make_mail()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("dmarc=pass header.from=customer.example", ("pass", "dmarc")),
        ("dkim=pass header.d=customer.example", ("pass", "dkim")),
        ("dkim=pass header.i=@mail.customer.example", ("pass", "dkim")),
        ("spf=pass smtp.mailfrom=zoe@customer.example", ("pass", "spf")),
        ("dmarc=fail header.from=customer.example; dkim=pass header.d=customer.example", ("fail", "dmarc")),
        ("dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example", ("none", "unproven")),
        ("dmarc=pass header.from=evil.example", ("none", "unproven")),
        ("none", ("none", "unproven")),
        ("dkim=(((", ("none", "unproven")),
    ],
)
def test_own_servers_word_counts_for_the_authors_domain(said: str, expected: tuple[str, str]) -> None:
    assert verdict(with_fields(ABOVE, results(said)), authserv_ids=OWN) == expected


def test_word_of_strangers_does_not_count() -> None:
    said = "dmarc=pass header.from=customer.example"
    foreign = "Received: from a by mx.evil.example; Fri, 20 Nov 2026 11:00:00 +0000"
    assert verdict(with_fields(ABOVE, results(said, "mx.evil.example")), authserv_ids=OWN)[0] == "none"
    assert verdict(with_fields(ABOVE, foreign, results(said)), authserv_ids=OWN)[0] == "none"
    assert verdict(with_fields(ABOVE, results("none"), results(said)), authserv_ids=OWN)[0] == "none"
    assert verdict(with_fields(ABOVE, results(said)))[0] == "none"


def test_servers_inside_do_not_count_as_strangers() -> None:
    inside = "Received: by 2002:a05:6402::1 with SMTP id x; Fri, 20 Nov 2026 11:00:02 +0000"
    fields = (inside, ABOVE, results("dmarc=pass header.from=customer.example"))
    assert verdict(with_fields(*fields), authserv_ids=OWN) == ("pass", "dmarc")
