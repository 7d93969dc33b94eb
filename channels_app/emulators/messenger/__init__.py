"""Messenger: pages, and people who write to them."""
