"""What WhatsApp, Messenger and Instagram share at Meta: signatures, the Graph API, signed requests. No channel by itself."""
