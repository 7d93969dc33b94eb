"""The index: documents cut into passages, their words stored in the transaction of the change, their vectors afterwards."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from core.events import publish
from core.tenancy import current_workspace_id
from knowledge.models import Article, Document, Passage, Posting, SourceItem
from knowledge.passages import Block, cut
from knowledge.retrieval import COLUMNS
from knowledge.words import held_stems, tokens

#: A word that stands more often in one passage counts no further.
MOST_TIMES = 1000
MAX_PASSAGES = 2000


@dataclass(frozen=True, slots=True)
class Text:
    """What a document says, ready to be indexed. ``owner`` is the article or the import's item that it comes from."""

    owner: Article | SourceItem
    kind: str
    title: str
    blocks: Sequence[Block]
    language: str
    is_public: bool
    url: str = ""

    def digest(self) -> bytes:
        parts = [self.title, self.url, self.language, str(self.is_public), *(f"{one.heading}\0{one.text}" for one in self.blocks)]
        return hashlib.sha256("\0\0".join(parts).encode()).digest()


@transaction.atomic
def index_document(text: Text) -> Document:
    """Store or replace what a document says, with its passages and their words; equal content is left alone.

    Publishes `knowledge.changed`: the AI worker then makes the vectors.
    """
    owner = {"article": text.owner} if isinstance(text.owner, Article) else {"item": text.owner}
    document = Document.objects.select_for_update(of=("self",), no_key=True).filter(**owner).first()
    digest = text.digest()
    if document is not None and bytes(document.digest) == digest:
        return document
    return _write(document or Document(**owner), text, digest)


@transaction.atomic
def index_trial(text: Text) -> Document:
    """Store what a document would say, for measuring alone: no search finds it that does not name it.

    An import's item has one, which is replaced; an article may have several, which belong to nobody.
    """
    item = text.owner if isinstance(text.owner, SourceItem) else None
    earlier = Document.objects.filter(trial_of=item).first() if item is not None else None
    digest = text.digest()
    if earlier is not None and bytes(earlier.digest) == digest:
        return earlier
    return _write(earlier or Document(trial_of=item), replace(text, kind=Document.Kind.TRIAL), digest)


@transaction.atomic
def take_over(document: Document, trial: Document) -> None:
    """Let a document say what its trial says. The passages move with their vectors, the trial goes."""
    document.title, document.url, document.language = trial.title, trial.url, trial.language
    document.is_public, document.digest, document.updated_at = trial.is_public, trial.digest, trial.updated_at
    document.save(update_fields=["title", "url", "language", "is_public", "digest", "updated_at"])
    Passage.objects.filter(document=document).delete()
    Passage.objects.filter(document=trial).update(document=document)
    trial.delete()


def _write(document: Document, text: Text, digest: bytes) -> Document:
    document.kind, document.title, document.url = text.kind, text.title, text.url
    document.language, document.is_public, document.digest = text.language, text.is_public, digest
    document.updated_at = timezone.now()
    document.save()
    Passage.objects.filter(document=document).delete()
    _add_passages(document, text)
    publish("knowledge.changed", document=str(document.pk))
    return document


def forget_document(owner: Article | SourceItem) -> None:
    """Take out of the index what came from an article or item; unknown owners are no error."""
    found = Document.objects.filter(article=owner) if isinstance(owner, Article) else Document.objects.filter(item=owner)
    for document in found:
        publish("knowledge.changed", document=str(document.pk))
        document.delete()


def passages_to_embed(limit: int) -> list[Passage]:
    """The oldest passages of the workspace in scope that have no vectors yet, locked: others take the next ones."""
    waiting = Passage.objects.filter(embedded_at=None).select_related("document").order_by("id")
    return list(waiting.select_for_update(of=("self",), skip_locked=True, no_key=True)[:limit])


def store_vectors(
    vectors: Mapping[UUID, Mapping[str, NDArray[np.float32]]], sentences: Mapping[UUID, NDArray[np.float16]] | None = None
) -> None:
    """Keep the vectors of passages, by passage and embedder's name; `sentences` those of each one's sentences, row by row.

    A passage named without vectors counts as done: words alone find it.
    """
    now, kept = timezone.now(), sentences or {}
    values = []
    for passage_id, spaces in vectors.items():
        known = {COLUMNS[name]: vector for name, vector in spaces.items() if name in COLUMNS}
        own = kept.get(passage_id)
        values.append(
            (
                _literal(known.get("english")),
                _literal(known.get("multilingual")),
                None if own is None else own.astype(np.float16).tobytes(),
                now,
                passage_id,
                current_workspace_id(),
            )
        )
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE knowledge_passage SET english = %s::vector, multilingual = %s::vector, sentences = %s, embedded_at = %s "
            "WHERE id = %s AND workspace_id = %s",
            values,
        )


def _literal(vector: NDArray[np.float32] | None) -> str | None:
    return None if vector is None else "[" + ",".join(map(str, vector.reshape(-1).tolist())) + "]"


def _add_passages(document: Document, text: Text) -> None:
    passages, postings = [], []
    for place, piece in enumerate(cut(list(text.blocks))[:MAX_PASSAGES]):
        heading = piece.heading.replace(" › ", "\n")
        held, length = held_stems(f"{text.title}\n{heading}\n{piece.text}", text.language)
        passage = Passage(
            workspace_id=document.workspace_id,
            document=document,
            place=place,
            heading=piece.heading,
            text=piece.text,
            language=text.language,
            is_public=text.is_public,
            length=length,
        )
        passages.append(passage)
        keyed = tokens(held, workspace_id=document.workspace_id)
        postings += [
            Posting(
                workspace_id=document.workspace_id,
                passage=passage,
                stem=token,
                times=min(times, MOST_TIMES),
                length=length,
                is_public=text.is_public,
            )
            for token, times in zip(keyed, held.values(), strict=True)
        ]
    Passage.objects.bulk_create(passages)
    Posting.objects.bulk_create(postings, batch_size=2000)
