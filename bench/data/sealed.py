"""Encrypting and indexing for COPY: the vault's own functions, with keys made in batches and words looked up once."""

from datetime import datetime
from functools import cache
from random import Random
from uuid import UUID

from conversations.words import in_slice, index_terms, slice_of
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
        self._slices: dict[int, int] = {}

    def new_keys(self, count: int) -> list[UUID]:
        """Keys for so many contacts, made in one statement and ready in memory."""
        return keyring.create_contact_keys(self.workspace, count)

    def text(self, table: str, column: str, row: UUID, key: UUID, text: str) -> bytes | None:
        """The bytes of an encrypted column; empty is NULL."""
        return encrypt_value(self.workspace, table, column, row, key, text.encode()) if text else None

    def index(self, namespace: str, value: str) -> bytes:
        return blind_index(namespace, value, workspace_id=self.workspace)

    def tokens(self, words: list[str], row_id: UUID) -> list[int]:
        """The search tokens of these words, as the product makes them of a row's text: each word and its beginnings,
        once, and the row's slice of time."""
        found: dict[int, None] = {}
        for word in words:
            known = self._tokens.get(word)
            if known is None:
                known = self._tokens[word] = search_tokens(index_terms(word), workspace_id=self.workspace)
            found |= dict.fromkeys(known)
        return [*found, self._slice(slice_of(row_id))]

    def tokens_of(self, text: str, row_id: UUID) -> list[int]:
        """The same for a text whose words are seldom seen again."""
        return [*search_tokens(index_terms(text), workspace_id=self.workspace), self._slice(slice_of(row_id))]

    def _slice(self, number: int) -> int:
        if number not in self._slices:
            self._slices[number] = search_tokens([in_slice(number)], workspace_id=self.workspace)[0]
        return self._slices[number]


@cache
def sealer_of(workspace: UUID) -> Sealer:
    """One sealer per workspace and process, so that each word is hashed once."""
    return Sealer(workspace)
