"""Answers out of passages, word for word, and the check of answers that others have written."""
