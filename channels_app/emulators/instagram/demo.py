"""The Instagram account of the demo workspace, known to the emulator alone."""

DEMO_ACCOUNT = {
    "id": "400000000000777",
    "name": "Terra & Glaze",
    "username": "terra.and.glaze",
    "app": "910000000000777",
    "app_secret": "the-secret-of-the-demo-shops-instagram-app-emulated",
    "token": "IGAAtheaccessofthedemoshopsaccountemulated",
    "user": "11777",
}
