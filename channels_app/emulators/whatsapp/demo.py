"""The number of the demo workspace, known to the emulator alone."""

DEMO_NUMBER = {
    "id": "100000000000777",
    "waba": "200000000000777",
    "phone": "351210000777",
    "name": "Terra & Glaze",
    "app": "900000000000777",
    "app_secret": "the-secret-of-the-demo-shops-app-emulated",
    "token": "EAAtheaccessofthedemoshopsnumberemulated",
    "user": "10777",
}
DEMO_TEMPLATES = (
    {
        "name": "order_ready",
        "language": "en_US",
        "category": "UTILITY",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, your order {{2}} is ready to be picked up.",
                "example": {"body_text": [["Zoë", "1042"]]},
            },
            {"type": "FOOTER", "text": "Terra & Glaze"},
        ],
    },
    {
        "name": "spring_glazes",
        "language": "en_US",
        "category": "MARKETING",
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/glazes.jpg"]}},
            {"type": "BODY", "text": "{{1}}, the spring glazes are here.", "example": {"body_text": [["Zoë"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Show me"}]},
        ],
    },
)
