"""The process's models, loaded once, and light ones for what needs no meaning."""

import pytest

from ai.engine.embedders import Embedder, Embedders, Hashed
from tests.ai.providers.fixtures import language_model, reachable_model, server

__all__ = ["embedders", "language_model", "light", "reachable_model", "server"]


class LightEmbedders:
    """What a machine without the model packages has."""

    def __init__(self) -> None:
        self.english: Embedder = Hashed()
        self.multilingual: Embedder = self.english


@pytest.fixture(scope="session")
def embedders() -> Embedders:
    return Embedders()


@pytest.fixture(scope="session")
def light() -> LightEmbedders:
    return LightEmbedders()
