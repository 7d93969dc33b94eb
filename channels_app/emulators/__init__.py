"""Stand-ins for the platforms, for development and tests: `python -m channels_app.emulators`. Never part of production.

One process on the loopback address, everything in memory. It knows of the product only what a platform knows: the
webhook addresses and credentials it was given over the platform's own API. Only base URLs differ from the real thing.
"""
