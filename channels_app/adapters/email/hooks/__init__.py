"""The webhooks of mail providers that hand over the raw mail."""
