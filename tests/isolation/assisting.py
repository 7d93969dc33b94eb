"""AI in a busy workspace: a row of every kind, with a canary wherever somebody's words stand."""

from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from ai.models import (
    Assist,
    Change,
    Egress,
    Evaluation,
    EvaluationResult,
    FeedbackEvent,
    GoldenCase,
    GoldenSource,
    Handover,
    Intent,
    Lineage,
    MinorLift,
    ModelVersion,
    Origin,
    Proposal,
    Provider,
    ProviderModel,
    Reading,
    Resolution,
    Spend,
    Switch,
    TaskModel,
    Training,
    Turn,
    Use,
)
from ai.services.settings import save_inbox_ai, save_settings
from ai.services.switches import switch_off
from conversations.models import Conversation, Message
from core.audit import Actor
from knowledge.services.articles import create_article, propose_article


def make_ai(plant: Callable[[str], str], owner: User, conversation: Conversation) -> None:
    """In the scope of the workspace."""
    actor = Actor.user(owner.pk)
    save_settings({"persona": f"We sell {plant('AI persona')}.", "budget_micros": 5_000_000}, actor=actor)
    save_inbox_ai(conversation.inbox, {"greeting": f"Hi from {plant('AI greeting')}"}, actor=actor)
    switch_off(Switch.Level.CONTACT, conversation.contact, reason=Switch.Reason.OBJECTION, actor=actor)
    MinorLift.objects.create(contact=conversation.contact, user=owner, lifted_at=timezone.now())
    message = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND).latest("seq")
    intent = Intent.objects.create(name="Where is it")
    Reading.objects.create(
        message=message, conversation=conversation, seq=message.seq, language="en", intent=intent, model="engine",
        why={"mood": {"words": [plant("reading's why")]}},
    )  # fmt: skip
    _replies(plant, owner, conversation, intent)
    _providers(plant, conversation)
    _lessons(plant, message)
    _golden(plant, owner, conversation)


def _replies(plant: Callable[[str], str], owner: User, conversation: Conversation, intent: Intent) -> None:
    Turn.objects.get_or_create(conversation=conversation)
    Proposal.objects.create(conversation=conversation, purpose="suggest", text=f"Dear {plant('proposal')}", intent=intent)
    Resolution.objects.create(conversation=conversation, answered_at=timezone.now(), last_answer_at=timezone.now())
    Handover.objects.create(conversation=conversation, reason="asked", summary=f"About {plant('summary')}", seq=1)
    Assist.objects.create(conversation=conversation, user=owner, kind="summarise", request={"text": plant("assist")})


def _providers(plant: Callable[[str], str], conversation: Conversation) -> None:
    provider = Provider(name="Scripted", base_url="https://llm.example/v1", key=plant("provider key"))
    provider.save(force_insert=True)
    TaskModel.objects.create(model=ProviderModel.objects.create(provider=provider, name="small"))
    now = timezone.now()
    use = Use.objects.create(
        purpose="suggest", task="suggest", model="small", provider=provider, conversation=conversation, actor_kind="system",
        contact=conversation.contact, outcome="ok", month=now.date().replace(day=1), created_at=now, settled_at=now,
    )  # fmt: skip
    Egress.objects.create(use=use, text=[{"role": "user", "content": f"I need {plant('egress')}"}], characters=20)
    Spend.objects.create(month=now.date().replace(day=1), uses=1)


def _lessons(plant: Callable[[str], str], message: Message) -> None:
    conversation = message.conversation
    event = FeedbackEvent.objects.create(
        task="intent", message=message, conversation=conversation, contact=conversation.contact, model="names",
        prediction="Where is it", correction="Where is it", source="accepted", language="en", text=f"Where is {plant('lesson')}",
    )  # fmt: skip
    version = ModelVersion.objects.create(
        number=1, state="live", manifest=f'{{"labels": ["{plant("manifest")}"]}}', arrays="AAAA", dataset="0" * 64, examples=1,
        decision="better", live_at=timezone.now(),
    )  # fmt: skip
    Lineage.objects.create(model=version, event=event)
    Training.objects.create(task="intent", asked_at=timezone.now())
    article = propose_article(title=f"Where is {plant('proposed')}?", body="<p>There.</p>", language="en")
    Origin.objects.create(article=article, conversation=conversation, message=message, is_text=True)


def _golden(plant: Callable[[str], str], owner: User, conversation: Conversation) -> None:
    question = f"Where is {plant('golden question')}?"
    case = GoldenCase.objects.create(question=question, language="en", conversation=conversation)
    article = create_article(language="en", by=owner, title="Parcels")
    GoldenSource.objects.create(case=case, article=article)
    change = Change.objects.create(
        kind="settings",
        target="settings",
        payload={"persona": plant("changed persona")},
        reason=plant("owner's reason"),
        user=owner,
    )
    evaluation = Evaluation.objects.create(change=change)
    EvaluationResult.objects.create(
        evaluation=evaluation, case=case, probe="asked", outcome="right", answer=f"It is {plant('measured answer')}."
    )
