"""Channels: webhook intake, outbound delivery, and one adapter folder per channel."""
