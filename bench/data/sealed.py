"""Encrypting and indexing for COPY: the vault's own functions, with keys made in batches and words looked up once."""

from datetime import datetime
from functools import cache
from random import Random
from uuid import UUID

from conversations.words import index_terms
from core.vault import keyring
from core.vault.blind import blind_index, search_tokens
from core.vault.fields import encrypt_value


def id_at(moment: datetime, random: Random) -> UUID:
    """A UUIDv7 of a past moment."""
    stamp = int(moment.timestamp() * 1000)
    chance = random.getrandbits(74)
    return UUID(int=stamp << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & ((1 << 62) - 1))


class Sealer:
    """Seals values of one workspace."""

    def __init__(self, workspace: UUID) -> None:
        self.workspace = workspace
        self._tokens: dict[str, list[int]] = {}

    def new_keys(self, count: int) -> list[UUID]:
        """Keys for so many contacts, made in one statement and ready in memory."""
        return keyring.create_contact_keys(self.workspace, count)

    def text(self, table: str, column: str, row: UUID, key: UUID, text: str) -> bytes | None:
        """The bytes of an encrypted column; empty is NULL."""
        return encrypt_value(self.workspace, table, column, row, key, text.encode()) if text else None

    def index(self, namespace: str, value: str) -> bytes:
        return blind_index(namespace, value, workspace_id=self.workspace)

    def tokens(self, words: list[str]) -> list[int]:
        """The search tokens of these words, as the product makes them of a text: each word and its beginnings, once."""
        found: dict[int, None] = {}
        for word in words:
            known = self._tokens.get(word)
            if known is None:
                known = self._tokens[word] = self.tokens_of(word)
            found |= dict.fromkeys(known)
        return list(found)

    def tokens_of(self, text: str) -> list[int]:
        return search_tokens(index_terms(text), workspace_id=self.workspace)


@cache
def sealer_of(workspace: UUID) -> Sealer:
    """One sealer per workspace and process, so that each word is hashed once."""
    return Sealer(workspace)
