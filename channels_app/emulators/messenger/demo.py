"""The page of the demo workspace, known to the emulator alone."""

DEMO_PAGE = {
    "id": "300000000000777",
    "name": "Terra & Glaze",
    "app": "900000000000778",
    "app_secret": "the-secret-of-the-demo-shops-page-app-emulated",
    "token": "EAAtheaccessofthedemoshopspageemulated",
    "user": "10777",
}
