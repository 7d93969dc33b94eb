"""The embedded engine: language, mood, personal data, minors, intents, retrieval and answers on a CPU, from packages only.

Pure Python and numpy: no Django, no network, no database. Start at :func:`engine`.
"""

from ai.engine.facade import Engine, Reading, engine

__all__ = ["Engine", "Reading", "engine"]
