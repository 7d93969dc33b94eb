"""Finding the passages that a question is about, and judging whether they are enough to answer it."""

from ai.engine.retrieval.evidence import Evidence, EvidenceGate
from ai.engine.retrieval.index import Found, Hit, Index, Passage
from ai.engine.retrieval.query import query_of

__all__ = ["Evidence", "EvidenceGate", "Found", "Hit", "Index", "Passage", "query_of"]
