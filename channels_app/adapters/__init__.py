"""One folder per channel. A folder here is a channel; nothing else names it."""
