"""The vault: keys in a database of their own, encrypted fields and files, and look-up over what is encrypted.

`keyring` makes, unlocks and destroys keys; `fields` are the columns models use; `blind` makes keyed look-up values.
"""
