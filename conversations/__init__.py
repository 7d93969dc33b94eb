"""Conversations: inboxes, contacts and their identities, messages, labels, notes, search and live updates."""
