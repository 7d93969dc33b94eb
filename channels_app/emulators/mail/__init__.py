"""The outside world of mail: servers that take what is sent, mailboxes, and people and programs behind addresses."""
