"""Whether a mail's sender is who it says: SPF, DKIM and DMARC, judged here or taken from who received the mail for us."""
