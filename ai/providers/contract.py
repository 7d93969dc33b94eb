"""What a provider is asked and what it answers, in the product's own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from ai.purposes import Task


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of what the model is shown. `user` is whoever writes to the assistant, `assistant` what was answered."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. Texts are as people wrote them: personal data are taken out on the way.

    `schema` wants an answer of that shape. `max_tokens` bounds the answer. Times in seconds: `first_token` from the call to the
    first piece of the answer, `total` to its last, retries and waiting for a place included. `on_text` hears the restored answer
    as it grows (without a schema only); raising in it ends the call. `model_id` names a model of the workspace's that
    is asked in place of the task's own.
    """

    task: Task
    system: str
    turns: Sequence[Turn]
    schema: type[BaseModel] | None = None
    max_tokens: int = 600
    temperature: float = 0.2
    first_token: float = 10.0
    total: float = 30.0
    on_text: Callable[[str], None] | None = None
    model_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer, its personal data restored. `data` is set when a schema was asked for. `cost_micros` null: price unknown."""

    text: str
    data: BaseModel | None
    model: str
    tokens_in: int
    tokens_out: int
    cost_micros: int | None


class Reason(StrEnum):
    """What went wrong with a provider."""

    KEY = "key"  # 401, 403
    MODEL = "model"  # the model is not there
    CREDIT = "credit"  # the account has none left
    RATE = "rate"  # too many requests
    BUSY = "busy"  # as many requests as we allow at once
    DOWN = "down"  # 5xx, no connection
    TIME = "time"
    ADDRESS = "address"  # an address that may not be reached, or is none
    REQUEST = "request"  # the server takes the request for wrong
    TOO_LONG = "too_long"  # what was asked does not fit into the model
    TRUNCATED = "truncated"
    REFUSED = "refused"
    FILTERED = "filtered"
    MALFORMED = "malformed"
    INVENTED = "invented"  # it holds placeholders that were never given out
    TOO_LARGE = "too_large"
    STOPPED = "stopped"  # the caller ended the call


class ProviderError(Exception):
    """A provider did not answer as asked. `retry_after`: seconds that the server asked to wait. It holds no content."""

    def __init__(self, reason: Reason, *, is_permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(f"The provider failed: {reason}")
        self.reason = reason
        self.is_permanent = is_permanent
        self.retry_after = retry_after

    @property
    def words(self) -> str:
        """What happened and what to do, in the active language."""
        from ai.providers.wording import words_of

        return words_of(self.reason)
