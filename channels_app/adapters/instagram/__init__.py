"""Instagram's direct messages: people write to a company's professional account."""
