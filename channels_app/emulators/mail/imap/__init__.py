"""The mailboxes by IMAP4rev1, spoken by pymap; ours is what it keeps, who may sign in, and what goes wrong."""
