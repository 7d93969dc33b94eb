"""Load, made by raw asyncio protocols: the client must cost less than what it measures."""
