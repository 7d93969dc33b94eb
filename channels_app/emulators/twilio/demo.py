"""The account of the demo workspace, known to the emulator alone."""

DEMO_ACCOUNT = {
    "sid": "AC00000000000000000000000000000001",
    "auth_token": "the-demo-shops-token-emulated",
    "number": "+15005550100",
    "name": "Terra & Glaze",
}
