"""The mailbox of the demo workspace, known to the emulator alone."""

DEMO_MAILBOX = {"address": "hello@terra-and-glaze.example", "password": "kiln-lantern-harbour-7"}
