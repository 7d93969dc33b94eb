"""Reading the mailbox: other ways in, numbers that change, a server that goes away, tokens that are taken back."""

from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from channels_app.adapters.email.receiving import pop
from channels_app.services import connecting, listening
from tests.mail_servers.running import MailServers
from tests.mail_servers.shop import ZOE, Shop, letter, read, write

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True)]


def texts(shop: Shop) -> list[str]:
    return [one.body.strip() for one in shop.messages()]


def bring(servers: MailServers, shop: Shop, *wanted: str) -> None:
    """Write mails, and wait until the shop has them."""
    before = len(shop.messages())
    for text in wanted:
        write(servers, shop.address, letter(text))
    shop.wait_for_messages(before + len(wanted))


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """POP3 is asked once a minute: more often here."""
    monkeypatch.setattr(pop, "POLL_SECONDS", 0.2)


def test_pop3_brings_each_mail_once_and_leaves_it_there(
    servers: MailServers, open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    shop = open_shop(protocol="pop3", mailbox_port=servers.ports["pop3"], mailbox_security="starttls")
    bring(servers, shop, "one")
    bring(servers, shop, "two", "three")
    assert sorted(texts(shop)) == ["one", "three", "two"]
    assert len(servers.mails("help@shop.test")) == 3


def test_new_mail_is_told_at_once_by_idle(servers: MailServers, shop: Shop) -> None:
    bring(servers, shop, "one")
    sleep(1.5)  # the listener waits for the server's word by now; without it, the next look is 25 minutes away
    begin = timezone.now()
    bring(servers, shop, "two")
    assert timezone.now() - begin < timedelta(seconds=5)


def test_mailbox_that_is_numbered_anew_doubles_nothing(servers: MailServers, shop: Shop) -> None:
    bring(servers, shop, "one", "two")
    before = shop.health().cursor["imap"][0]["validity"]
    sleep(1.1)  # Dovecot's numbers are the second in which they were made
    servers.number_anew("help@shop.test")
    bring(servers, shop, "three")
    shop.wait(lambda: shop.health().cursor["imap"][0]["validity"] != before)
    bring(servers, shop, "four")
    assert sorted(texts(shop)) == ["four", "one", "three", "two"]


def test_server_that_goes_away_loses_and_doubles_nothing(servers: MailServers, shop: Shop) -> None:
    wanted = [f"mail {number}" for number in range(20)]
    for number, text in enumerate(wanted):
        write(servers, "help@shop.test", letter(text))
        if number == 5:
            shop.wait_for_messages(1)
        if number in (6, 13):
            servers.stop_dovecot()
        if number in (9, 16):
            servers.start_dovecot()
    shop.wait_for_messages(len(wanted), limit=60)
    sleep(1)
    shop.work()
    assert sorted(texts(shop)) == sorted(wanted)


def test_wrong_password_stops_the_inbox(servers: MailServers, shop: Shop, listener: listening.Listener) -> None:
    refused = Shop(servers, "other@shop.test", password="wrong")
    listener.look_around()
    refused.wait(lambda: refused.health().stopped_at)
    assert (refused.health().error_code, refused.events("inbox.stopped")) == ("login_refused", 1)
    assert shop.health().stopped_at is None


def signed_in_by(**oauth: Any) -> dict[str, Any]:
    """The settings of an inbox whose account was connected at a provider."""
    tokens = {"expires_at": (timezone.now() + timedelta(hours=1)).isoformat(), **oauth}
    return {"login": "google", "oauth": tokens}


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_token_reads_and_sends(
    servers: MailServers, open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    quick(monkeypatch)
    servers.tokens.good = {"good": "help@shop.test"}
    way = (
        {"protocol": "pop3", "mailbox_port": servers.ports["pop3"], "mailbox_security": "starttls"} if protocol == "pop3" else {}
    )
    shop = open_shop(**signed_in_by(access_token="good", refresh_token="renews"), **way)
    bring(servers, shop, "one")
    shop.reply(shop.messages()[0], "It is.")
    # Postfix may hold a line to a Dovecot that has been restarted, and puts the first one to sign in off.
    shop.wait(lambda: servers.mails(ZOE))
    assert read(servers.mails(ZOE)[0])["Subject"] == "Re: The blue bowl"


def test_token_that_is_refused_is_renewed(servers: MailServers, open_shop: Callable[..., Shop]) -> None:
    servers.tokens.good, servers.tokens.renewed = {"fresh": "help@shop.test"}, {"renews": "fresh"}
    shop = open_shop(**signed_in_by(access_token="stale", refresh_token="renews"))
    bring(servers, shop, "one")
    assert shop.health().stopped_at is None


def test_access_that_was_taken_back_stops_the_inbox_once(
    servers: MailServers, open_shop: Callable[..., Shop], listener: listening.Listener
) -> None:
    tokens = servers.tokens
    tokens.good, tokens.renewed = {"good": "help@shop.test"}, {}
    shop = open_shop(**signed_in_by(access_token="good", refresh_token="renews"))
    bring(servers, shop, "one")
    tokens.good = {}
    shop.reply(shop.messages()[0], "It is.")
    servers.doveadm("kick", "help@shop.test")
    shop.wait(lambda: shop.health().stopped_at)
    sleep(1)
    refused = tokens.refused
    listener.look_around()
    shop.work()
    sleep(1)
    assert shop.health().error_code == "login_expired"
    assert (shop.events("inbox.stopped"), tokens.refused) == (1, refused)
    assert [one.status for one in shop.messages()] == ["", "queued"]
    assert servers.mails(ZOE) == []
    write(servers, "help@shop.test", letter("two"))
    tokens.good, tokens.renewed = {"fresh": "help@shop.test"}, {"renews": "fresh"}
    connecting.connect(shop.workspace.pk, shop.inbox.pk)
    listener.look_around()
    shop.wait_for_messages(3)
    shop.wait(lambda: servers.mails(ZOE))
    assert len(servers.mails(ZOE)) == 1
