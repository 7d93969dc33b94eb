"""Search over encrypted text: words, beginnings, people; only what one may see."""

import pytest
from hypothesis import given, strategies as st

from accounts.models import Membership
from accounts.permissions import Role
from conversations.models import Inbox, InboxMember, SearchEntry
from conversations.normalised import Claim, Sender
from conversations.selectors import search
from conversations.selectors.conversations import with_newest
from conversations.selectors.search import parsed, search_contacts, search_messages
from conversations.services import deletion
from conversations.words import fold, index_terms, words_of
from core.audit import Actor
from tests.factories import make_inbox, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(agent: Membership) -> Membership:
    agent.role = Role.OWNER
    return agent


def found(member: Membership, typed: str) -> list[str]:
    return [message.body for message in search_messages(member, parsed(typed)).messages]


def test_words_are_found_whatever_their_case_and_accents(shop: Inbox, owner: Membership) -> None:
    receive(shop, "A encomenda chegou em São Paulo")
    assert found(owner, "SAO ") == ["A encomenda chegou em São Paulo"]
    assert found(owner, "paulo encomenda ") == ["A encomenda chegou em São Paulo"]
    assert found(owner, "rio ") == []


@pytest.mark.parametrize("typed", ["tea", "teap", "teapo", "teapot", "teapots", "blue teap"])
def test_beginnings_are_found_while_typing(shop: Inbox, owner: Membership, typed: str) -> None:
    receive(shop, "The blue teapots are back")
    assert found(owner, typed) == ["The blue teapots are back"]


def test_near_misses_of_a_beginning_are_left_out(shop: Inbox, owner: Membership) -> None:
    receive(shop, "teapots")
    assert found(owner, "teas") == []
    assert found(owner, "teapos") == []
    assert found(owner, "teapotx") == []


def test_newest_first_in_pages_without_gaps(shop: Inbox, owner: Membership) -> None:
    for number in range(7):
        receive(shop, f"order {number}")
    first = search_messages(owner, parsed("order "), size=4)
    rest = search_messages(owner, parsed("order "), before=first.before, size=4)
    assert [one.body for one in first.messages + rest.messages] == [f"order {number}" for number in range(6, -1, -1)]
    assert rest.before is None


def test_long_history_is_searched_beyond_the_walk(shop: Inbox, owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    receive(shop, "needle")
    for _number in range(5):
        receive(shop, "hay")
    monkeypatch.setattr(search, "WALK", 3)
    assert found(owner, "needle ") == ["needle"]


def test_deleted_message_is_no_longer_found(shop: Inbox, owner: Membership) -> None:
    message = receive(shop, "my secret")
    deletion.delete_message(message, actor=Actor.system())
    assert found(owner, "secret ") == []
    assert not SearchEntry.objects.filter(pk=message.pk).exists()


def test_agent_finds_only_in_their_inboxes(shop: Inbox, agent: Membership) -> None:
    receive(make_inbox(name="Other"), "teapot")
    assert found(agent, "teapot ") == []


def test_people_are_found_by_name_and_exact_address(shop: Inbox, owner: Membership) -> None:
    sender = Sender("visitor", "v", name="Zoë Lindqvist", claims=(Claim("email", "zoe@example.com"),))
    receive(shop, "Hi", sender=sender)
    for typed in ("zoe", "lindq", "ZOE@example.com", "Zoë Lindqvist"):
        assert [one.name for one in search_contacts(owner, parsed(typed), typed)] == ["Zoë Lindqvist"], typed


def test_people_show_only_conversations_that_the_member_may_see(shop: Inbox, agent: Membership) -> None:
    InboxMember.objects.create(inbox=shop, user=agent.user)
    zoe = receive(shop, "Hello", name="Zoë Lindqvist").conversation
    seun = receive(make_inbox(name="Other"), "Hi", visitor="2", name="Seun").conversation
    people = [zoe.contact, seun.contact]
    assert with_newest(agent, people, each=3) == [(zoe.contact, [zoe])]
    agent.role = Role.OWNER
    assert with_newest(agent, people, each=3) == [(zoe.contact, [zoe]), (seun.contact, [seun])]


def test_tokens_tell_nothing_across_workspaces(shop: Inbox) -> None:
    entry = SearchEntry.objects.get(pk=receive(shop, "teapot").pk)
    assert entry.tokens
    assert all(isinstance(token, int) for token in entry.tokens)


@given(st.text(max_size=300))
def test_every_word_of_a_text_is_indexed(text: str) -> None:
    terms = set(index_terms(text))
    assert all(f"w{word}" in terms for word in words_of(text))


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
