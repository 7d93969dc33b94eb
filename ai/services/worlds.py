"""What answers depend on, as it is or as a change would make it: settings, intents, models and documents, loaded once."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import Workspace
from ai.engine.placeholders import Masker
from ai.models import AiSettings, GoldenCase, InboxAi, Intent, ModelVersion, TaskModel
from ai.selectors.learned import LiveModel, live_model, live_models, name_of
from ai.services.settings import inbox_ai_of, settings_of
from ai.services.situations import AS_IT_IS, Line, Situation, Supposed, voice_of, zone_of
from ai.services.thinking import ENGLISH, OTHERS
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message
from core.ids import new_id
from core.tenancy import current_workspace_id
from core.vault.blind import blind_index
from knowledge.models import Document, Passage

#: Articles whose own questions are asked, the newest; and words that a title must have to be one.
MOST_OWN, FEWEST_WORDS = 100, 2
#: What makes an assistant's words; the greeting and the hours change no answer.
PROMPT = ("assistant_name", "persona", "tone", "guard_rails", "forbidden_topics", "languages")
_THRESHOLDS = ("name", "description", "may_be_automatic", "minimum_confidence", "error_budget", "is_enabled")


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that a document asks itself: its title, or a heading with a question mark (`place` is its passage's, from 1)."""

    document_id: UUID
    place: int
    text: str
    language: str


@dataclass(slots=True)
class World:
    """Everything that an answer depends on. `is_read_first`: no inbox answers by itself, so suggestions are measured.

    `articles` and `items` say which documents stand for an article's group and an import's item.
    """

    workspace: Workspace
    inbox: Inbox
    settings: AiSettings
    inbox_ai: InboxAi
    intents: list[Intent]
    live: LiveModel | None
    is_read_first: bool
    articles: dict[UUID, set[UUID]] = field(default_factory=dict)
    items: dict[UUID, UUID] = field(default_factory=dict)
    supposed: Supposed = AS_IT_IS

    def rights_of(self, case: GoldenCase) -> set[UUID]:
        """The documents that a golden question may be answered from."""
        found: set[UUID] = set()
        for source in case.sources.all():
            if source.article is not None:
                found |= self.articles.get(source.article.group, set())
            elif source.item_id in self.items:
                found.add(self.items[source.item_id])
        return found - self.supposed.shelf.without

    def kin_of(self, document_id: UUID) -> set[UUID]:
        """A document and its translations."""
        return next((group for group in self.articles.values() if document_id in group), {document_id})

    def situation(self, text: str, language: str) -> Situation:
        """A conversation that consists of this question, of nobody."""
        nobody = Contact(workspace_id=self.workspace.pk, language=language)
        who = ContactIdentity(workspace_id=self.workspace.pk, contact=nobody, inbox=self.inbox)
        conversation = Conversation(
            workspace_id=self.workspace.pk, inbox=self.inbox, contact=nobody, identity=who, last_activity_at=timezone.now()
        )
        line = Line(new_id(), 1, Message.Kind.INBOUND, text, "text", False, False, False, timezone.now(), {})
        return Situation(
            conversation=conversation, lines=[line], from_seq=1, to_seq=1, settings=self.settings, inbox_ai=self.inbox_ai,
            voice=voice_of(self.workspace, self.settings, self.inbox_ai), zone=zone_of(self.workspace), masker=Masker(),
            supposed=self.supposed,
        )  # fmt: skip


def world_now(inbox_id: UUID | None = None) -> World:
    """How things are in the workspace in scope, seen from an inbox: the one given, else one that answers, else any."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    answering = set(InboxAi.objects.filter(mode=InboxAi.Mode.AUTO).values_list("inbox_id", flat=True))
    inboxes = sorted(Inbox.objects.all(), key=lambda one: (one.pk != inbox_id, one.pk not in answering, one.pk))
    inbox = inboxes[0] if inboxes else Inbox(workspace_id=workspace.pk)
    world = World(
        workspace=workspace,
        inbox=inbox,
        settings=settings_of(),
        inbox_ai=inbox_ai_of(inbox) if inboxes else InboxAi(inbox=inbox),
        intents=list(Intent.objects.filter(is_enabled=True)),
        live=live_model(workspace.pk),
        is_read_first=not answering,
    )
    _add_documents(world)
    return world


def own_questions() -> list[OwnQuestion]:
    """What the newest public articles, and answered questions of imports, ask themselves."""
    kinds = (Document.Kind.ARTICLE, Document.Kind.QUESTION)
    newest = Document.objects.filter(is_public=True).exclude(kind=Document.Kind.TRIAL).order_by("-updated_at", "id")
    titled = [one for one in newest.filter(kind__in=kinds)[: 2 * MOST_OWN] if len(one.title.split()) >= FEWEST_WORDS]
    found = [OwnQuestion(one.pk, 0, one.title, one.language) for one in titled[:MOST_OWN]]
    asking = {one.document_id for one in found} | set(newest.values_list("id", flat=True)[:MOST_OWN])
    passages = Passage.objects.filter(document__in=asking, heading__isnull=False).order_by("document", "place")
    seen: set[tuple[UUID, str]] = {(one.document_id, one.text) for one in found}
    for passage in passages.only("document", "place", "heading", "language", "key_id", "workspace"):
        last = passage.heading.split(" › ")[-1].strip()
        if last.endswith(("?", "？")) and (passage.document_id, last) not in seen:
            seen.add((passage.document_id, last))
            found.append(OwnQuestion(passage.document_id, passage.place + 1, last, passage.language))
    return found[: 2 * MOST_OWN]


def parts_of(world: World) -> dict[str, str]:
    """Keyed digests of what answers depend on, by part: equal ones say that nothing has changed there."""
    tasks = TaskModel.objects.select_related("model__provider").order_by("task")
    models = [(one.task, one.model, one.model.provider) for one in tasks]
    chosen = [(task, str(model.pk), model.name, by.is_enabled, by.base_url) for task, model, by in models]
    intents = [[getattr(one, name) for name in _THRESHOLDS] for one in world.intents]
    documents = Document.objects.exclude(kind=Document.Kind.TRIAL).order_by("id")
    shelved = documents.values_list("id", "digest", "is_public", "article__group")
    overridden = InboxAi.objects.order_by("inbox_id")
    prompt = [getattr(world.settings, name) for name in PROMPT]
    differing = [(str(one.inbox_id), *(getattr(one, name) for name in PROMPT if name != "languages")) for one in overridden]
    return {
        "prompt": _digest([prompt, differing]),
        "models": _digest([chosen, sorted((task, str(one.id)) for task, one in live_models(world.workspace.pk).items())]),
        "thresholds": _digest([intents, repr((ENGLISH, OTHERS)), world.is_read_first]),
        "sources": _digest([(str(pk), bytes(digest).hex(), *place) for pk, digest, *place in shelved]),
    }


def live_before(live: LiveModel | None) -> LiveModel | None:
    """The learned model that a rollback would bring back."""
    if live is None:
        return None
    task, number = ModelVersion.objects.values_list("task", "number").get(pk=live.id)
    rows = ModelVersion.objects.filter(state=ModelVersion.State.RETIRED, number__lt=number, arrays__isnull=False)
    before = rows.filter(task=task).values_list("id", "number").first()
    return None if before is None else LiveModel(before[0], name_of(before[1], task))


def changed(row: Any, values: Mapping[str, Any]) -> Any:
    """A row with other values, for thinking alone: it is never saved."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _add_documents(world: World) -> None:
    rows = Document.objects.exclude(Q(kind=Document.Kind.TRIAL) | Q(is_public=False))
    groups: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for document_id, group in rows.filter(article__isnull=False).values_list("id", "article__group"):
        groups[group].add(document_id)
    world.articles = dict(groups)
    world.items = dict(rows.filter(item__isnull=False).values_list("item__id", "id"))


def _digest(what: Iterable[Any]) -> str:
    return blind_index("ai.evaluation", hashlib.sha256(repr(what).encode()).hexdigest()).hex()[:16]
