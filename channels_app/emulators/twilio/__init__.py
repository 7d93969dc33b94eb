"""Twilio's messaging, emulated: accounts, numbers, services, messages, media, signed webhooks."""
