"""The demo workspace: a small shop with customers of many cultures, told through the real services."""
