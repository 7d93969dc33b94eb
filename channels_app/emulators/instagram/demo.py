"""The Instagram account of the demo workspace, which the operator's app of Instagram's log-in is granted."""

DEMO_ACCOUNT = {
    "id": "400000000000777",
    "name": "Terra & Glaze",
    "username": "terra.and.glaze",
    "token": "IGAAtheaccessofthedemoshopsaccountemulated",
    "user": "11777",
}
