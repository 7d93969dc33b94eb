"""Meta's Graph API: apps, tokens, signing in, webhooks. WhatsApp, Messenger and Instagram put their nodes and edges into it."""
