"""Texts to vectors: one protocol, a model for English, one for other languages, a light one without either."""

from ai.engine.embedders.base import Embedder, EmbedderError, EmbedderSet, Vectors
from ai.engine.embedders.hashed import Hashed
from ai.engine.embedders.routing import Embedders

__all__ = ["Embedder", "EmbedderError", "EmbedderSet", "Embedders", "Hashed", "Vectors"]
