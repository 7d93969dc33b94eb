"""All channels at once: what each one's customers send, and a crowd of them."""
