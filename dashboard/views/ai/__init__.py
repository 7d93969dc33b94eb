"""AI's settings: the assistant, where it replies, providers, budget, ledger, and what was learned."""
