"""Which embedder reads which language."""

import logging
from collections.abc import Callable
from threading import Lock

from ai.engine.embedders.base import Embedder, EmbedderError
from ai.engine.embedders.hashed import Hashed
from ai.engine.embedders.minilm import MiniLm
from ai.engine.embedders.multilingual import Multilingual

logger = logging.getLogger(__name__)


class Embedders:
    """The models of this process, each loaded at its first use and kept; safe to share between threads.

    A model that cannot be loaded is replaced by :class:`Hashed`, once and with a warning in the log.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Embedder] = {}
        self._lock = Lock()

    @property
    def english(self) -> Embedder:
        """Meaning of English texts."""
        return self._get("english", MiniLm)

    @property
    def multilingual(self) -> Embedder:
        """Meaning across languages, at its best in ar de en es fr it ja ko nl pl pt ru th tr zh."""
        return self._get("multilingual", Multilingual)

    def _get(self, role: str, make: Callable[[], Embedder]) -> Embedder:
        with self._lock:
            if role not in self._loaded:
                self._loaded[role] = _make(make)
            return self._loaded[role]


def _make(make: Callable[[], Embedder]) -> Embedder:
    try:
        return make()
    except EmbedderError as error:
        logger.warning("The light embedder stands in for a model: %s", error)
        return Hashed()
