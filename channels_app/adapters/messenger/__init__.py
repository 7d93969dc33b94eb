"""Messenger: people write to a company's Facebook page."""
