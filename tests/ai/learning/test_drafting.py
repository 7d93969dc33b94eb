"""Answers that helped become proposed articles: by hand, by themselves once repeated; masked, and gone with the person."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User, Workspace
from ai.models import Origin, Proposal, Switch
from ai.replies.drafts import body_of, title_of
from ai.services import drafting
from ai.services.switches import switch_off
from conversations.models import Contact, Conversation, Inbox, Message
from conversations.services import state
from conversations.services.replies import send_reply
from core.audit import Actor
from core.ids import new_id
from core.tenancy import scope
from knowledge.models import Article, Gap
from knowledge.services.articles import archive_article, publish_article
from knowledge.services.gaps import note_unanswered
from tests.factories import make_workspace, receive

pytestmark = pytest.mark.django_db
QUESTION = "Hi, can I have my initials engraved on the teapot?"
ANSWER = (
    "Hi Rosa,\n\nYes, we engrave up to three letters on every teapot. Your order 4711-2203 for rosa@example.com is noted.\n"
    "Engraving takes two more days.\n\nBest regards,\nKwame"
)


@pytest.fixture
def workspace(owner: User) -> Workspace:
    return make_workspace(owner=owner)


def answered(inbox: Inbox, owner: User, visitor: str, *, text: str = ANSWER, is_resolved: bool = True) -> Message:
    """In the scope: a question that knowledge could not answer, a colleague's answer, resolved four days ago."""
    asked = receive(inbox, QUESTION, visitor=visitor, name="Rosa Lima").conversation
    note_unanswered(QUESTION, conversation_id=asked.pk, language="en", reason="no_evidence")
    reply = send_reply(asked, body=text, author=owner, idempotency_key=new_id())
    if is_resolved:
        state.set_status(Conversation.objects.get(pk=asked.pk), Conversation.Status.RESOLVED, by=owner)
    Message.objects.filter(pk=reply.pk).update(created_at=timezone.now() - timedelta(days=4))
    return Message.objects.select_related("conversation__contact", "author_user").get(pk=reply.pk)


def age_questions(days: int = 5) -> None:
    from knowledge.models import UnansweredQuestion

    UnansweredQuestion.objects.update(created_at=timezone.now() - timedelta(days=days))


def test_greetings_closings_and_what_is_about_one_person_are_left_out() -> None:
    masked = (
        "Hi <PERSON_1>,\nYes, we engrave up to three letters. Your parcel for <EMAIL_1> has left.\n"
        "It takes two days <b>more</b>.\nBest regards,\nThank you!"
    )
    assert body_of(masked) == "<p>Yes, we engrave up to three letters.</p><p>It takes two days &lt;b&gt;more&lt;/b&gt;.</p>"
    assert title_of("Olá <PERSON_1>, bom dia!\nvocês gravam iniciais? Obrigada") == "Vocês gravam iniciais?"
    assert body_of("Hi <PERSON_1>, done!") == ""
    assert title_of("<EMAIL_1>") == ""


def test_one_answer_is_proposed_by_hand_once_and_closes_its_gap_when_published(
    workspace: Workspace, inbox: Inbox, owner: User
) -> None:
    with scope(workspace.pk):
        message = answered(inbox, owner, "one", is_resolved=False)
        article = drafting.propose_by_hand(message, by=owner)
        assert drafting.propose_by_hand(message, by=owner) == article
        assert (article.state, article.language) == ("proposed", "en")
        assert article.title == "Can I have my initials engraved on the teapot?"
        assert article.body == "<p>Yes, we engrave up to three letters on every teapot.</p><p>Engraving takes two more days.</p>"
        origin = Origin.objects.get()
        assert (origin.conversation_id, origin.is_text, origin.user) == (message.conversation_id, True, owner)
        publish_article(article, by=owner)
        assert Gap.objects.get().state == "closed"


def test_what_is_no_answer_or_says_too_little_is_refused_in_words(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        short = answered(inbox, owner, "one", text="Hi Rosa, done!")
        for message in (short, Message.objects.filter(kind="inbound").select_related("conversation__contact").first()):
            assert message is not None
            with pytest.raises(ValidationError):
                drafting.propose_by_hand(message, by=owner)
        switch_off(Switch.Level.CONTACT, short.conversation.contact, None, Switch.Reason.OBJECTION, actor=Actor.system())
        with pytest.raises(ValidationError, match="does not want it"):
            drafting.propose_by_hand(answered(inbox, owner, "one"), by=owner)
        assert not Article.objects.exists()


def test_what_two_people_asked_is_proposed_once_they_are_content(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        answered(inbox, owner, "one")
        age_questions()
    assert drafting.sweep() == 0
    with scope(workspace.pk):
        answered(inbox, owner, "two")
        age_questions()
    assert drafting.sweep() == 1
    assert drafting.sweep() == 0
    with scope(workspace.pk):
        article = Article.objects.get()
        assert (article.state, article.created_by) == ("proposed", None)
        assert Origin.objects.filter(article=article).count() == 2
        assert Gap.objects.get().article == article
        archive_article(article, by=owner)
    assert drafting.sweep() == 0


@pytest.mark.parametrize("why", ["open", "asked again", "one person", "taken from the knowledge", "objection"])
def test_nothing_is_proposed_by_itself(workspace: Workspace, inbox: Inbox, owner: User, why: str) -> None:
    with scope(workspace.pk):
        answered(inbox, owner, "one")
        second = answered(inbox, owner, "one" if why == "one person" else "two", is_resolved=why != "open")
        age_questions()
        if why == "asked again":
            receive(inbox, "It still does not work", visitor="two")
        if why == "taken from the knowledge":
            Proposal.objects.create(conversation=second.conversation, purpose="suggest", state="accepted", message=second)
        if why == "objection":
            switch_off(Switch.Level.CONTACT, second.conversation.contact, None, Switch.Reason.OBJECTION, actor=Actor.system())
    assert drafting.sweep() == 0


def test_a_proposal_goes_with_the_person_whose_words_it_holds(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        answered(inbox, owner, "one")
        answered(inbox, owner, "two")
        age_questions()
    drafting.sweep()
    assert drafting.sweep_erased() == 0
    with scope(workspace.pk):
        text = Origin.objects.select_related("conversation__contact").get(is_text=True)
        other = Origin.objects.get(is_text=False)
        Message.objects.filter(conversation=other.conversation).delete()
        Conversation.objects.filter(pk=other.conversation_id).delete()
    assert drafting.sweep_erased() == 0
    with scope(workspace.pk):
        contact = text.conversation.contact
        Message.objects.filter(conversation__contact=contact).delete()
        Conversation.objects.filter(contact=contact).delete()
        Contact.objects.filter(pk=contact.pk).delete()
    assert drafting.sweep_erased() == 1
    with scope(workspace.pk):
        assert not Article.objects.exists()


def test_an_objection_afterwards_takes_the_proposal_away_but_not_what_a_person_published(
    workspace: Workspace, inbox: Inbox, owner: User
) -> None:
    with scope(workspace.pk):
        kept = drafting.propose_by_hand(answered(inbox, owner, "one"), by=owner)
        publish_article(kept, by=owner)
        message = answered(inbox, owner, "two")
        drafting.propose_by_hand(message, by=owner)
        for visitor in (message, Message.objects.filter(kind="outbound").select_related("conversation__contact").first()):
            assert visitor is not None
            switch_off(Switch.Level.CONTACT, visitor.conversation.contact, None, Switch.Reason.OBJECTION, actor=Actor.system())
    assert drafting.sweep_erased() == 1
    with scope(workspace.pk):
        assert [one.pk for one in Article.objects.all()] == [kept.pk]


def test_thanks_are_a_confirmation_without_any_waiting(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        for visitor in ("one", "two"):
            message = answered(inbox, owner, visitor)
            Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(minutes=30))
        age_questions()
    assert drafting.sweep() == 0
    with scope(workspace.pk):
        for visitor in ("one", "two"):
            talk = receive(inbox, "Thank you!", visitor=visitor).conversation
            state.set_status(Conversation.objects.get(pk=talk.pk), Conversation.Status.RESOLVED, by=owner)
    assert drafting.sweep() == 1
