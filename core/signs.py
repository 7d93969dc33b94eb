"""The signs by which channels are told apart: each channel names its own, so that templates need no list of them."""

_signs: dict[str, str] = {}
UNKNOWN = "message-circle"


def register_sign(channel: str, icon: str) -> None:
    """Let the channel with this slug be shown by an icon of the set. Called once at start."""
    _signs[channel] = icon


def sign_of(channel: str) -> str:
    """The icon's name; a speech bubble for a channel that named none."""
    return _signs.get(channel, UNKNOWN)
