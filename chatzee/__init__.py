"""The Chatzee project: settings, entry points and the embedded servers for one machine."""
