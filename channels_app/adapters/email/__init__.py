"""E-mail: how it comes in, how it goes out."""
