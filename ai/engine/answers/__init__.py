"""Answers out of passages, word for word, and the check of answers that others have written."""

from ai.engine.answers.extract import Quote, as_text, extract
from ai.engine.answers.guard import Guard, Verdict

__all__ = ["Guard", "Quote", "Verdict", "as_text", "extract"]
