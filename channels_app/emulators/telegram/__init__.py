"""Telegram's Bot API as its official server does it: state, methods, webhooks, files, and customers to write with."""
