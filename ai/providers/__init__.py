"""Language models of others behind OpenAI's API: what is asked, what comes back, and what may go wrong. No tables here."""

from ai.providers.contract import Completion, ProviderError, Reason, Request, Turn

__all__ = ["Completion", "ProviderError", "Reason", "Request", "Turn"]
