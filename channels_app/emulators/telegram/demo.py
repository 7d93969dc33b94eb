"""The bot of the demo workspace, known to the emulator alone."""

DEMO_BOT = {
    "token": "7000000000:AAE-the-bot-of-the-demo-shop-emulated",
    "username": "terra_and_glaze_bot",
    "first_name": "Terra & Glaze",
}
