"""The embedded engine: language, mood, personal data, minors, intents, retrieval and answers on a CPU, from packages only.

Pure Python and numpy: no Django, no network, no database. Start at :func:`ai.engine.facade.engine`, which the product reaches
through :mod:`ai.gate` alone. This package imports nothing by itself: processes that only need a part stay light.
"""
