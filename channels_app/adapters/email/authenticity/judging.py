"""The verdict on a mail's sender. An unproven sender is shown as such and never merged with anybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from channels_app.adapters.email.authenticity.alignment import Policy, are_aligned, policy_names, policy_of
from channels_app.adapters.email.authenticity.resolving import Bounded, NoAnswerError, Recorded, Resolver
from channels_app.adapters.email.authenticity.results import verdict_of_server
from channels_app.adapters.email.authenticity.senders import may_send
from channels_app.adapters.email.authenticity.signatures import aligned_signatures, signed_by
from channels_app.adapters.email.envelope import Verdict
from channels_app.adapters.email.mime.addresses import addresses_in
from channels_app.adapters.email.mime.reading import Part, raw_value, raw_values, read_headers


def judged(
    raw: bytes,
    peer_ip: str,
    resolver: Resolver,
    *,
    at: datetime,
    mail_from: str = "",
    helo: str = "",
    authserv_ids: frozenset[str] = frozenset(),
) -> Verdict:
    """Judge a mail before it is stored: by our own server's word, else by signature, sending server and the domain's policy.

    `peer_ip` and `mail_from` are empty where they are not known. Asks DNS within limits; an answer that does not come
    leaves the sender unproven, never proven.
    """
    mail = read_headers(raw)
    domain = author_domain(mail)
    if not domain:
        return Verdict("none", "no_single_sender")
    by_server = verdict_of_server(mail, domain, authserv_ids)
    if by_server is not None and by_server.outcome != "none":
        return by_server
    return _checked(raw, mail, domain, Bounded(resolver), at, (peer_ip, mail_from or _return_path(mail), helo))


def judged_later(raw: bytes, texts: Mapping[str, Sequence[str]], at: datetime) -> Verdict:
    """Judge a stored mail by the DNS records that were stored with it. Pure."""
    return judged(raw, "", Recorded(texts), at=at)


def names_to_ask(raw: bytes) -> list[str]:
    """The names whose TXT records `judged_later` needs; empty for a mail that nothing can prove."""
    mail = read_headers(raw)
    domain = author_domain(mail)
    signatures = aligned_signatures(mail, domain) if domain else []
    return list(dict.fromkeys([one.name for one in signatures] + policy_names(domain))) if domain else []


def author_domain(mail: Part) -> str:
    """The domain that the mail says it is from; empty where it names none or several authors."""
    senders = raw_values(mail, "from")
    found = addresses_in(senders[0]) if len(senders) == 1 else []
    return found[0].domain if len(found) == 1 else ""


def _return_path(mail: Part) -> str:
    found = addresses_in(raw_value(mail, "return-path"))
    return found[0].value if found else ""


def _checked(raw: bytes, mail: Part, domain: str, resolver: Resolver, at: datetime, route: tuple[str, str, str]) -> Verdict:
    try:
        policy = policy_of(domain, resolver)
        is_unknown = False
    except NoAnswerError:
        policy, is_unknown = None, True
    rules = policy or Policy(is_enforced=False)
    signatures = [one for one in aligned_signatures(mail, domain) if are_aligned(one.domain, domain, is_strict=rules.strict_dkim)]
    signed = signed_by(raw, signatures, resolver, at)
    if signed.domains:
        return Verdict("pass", "dkim", signed.domains[0])
    peer_ip, mail_from, helo = route
    sender_domain = mail_from.rpartition("@")[2]
    if peer_ip and are_aligned(sender_domain, domain, is_strict=rules.strict_spf):
        spf = may_send(peer_ip, mail_from, helo, resolver)
        if spf == "pass":
            return Verdict("pass", "spf", sender_domain)
    if rules.is_enforced and not signed.is_unknown:
        return Verdict("fail", "dmarc", domain)
    if signed.is_broken:
        return Verdict("fail", "dkim", domain)
    return Verdict("none", "no_answer" if is_unknown or signed.is_unknown else "unproven", domain)
