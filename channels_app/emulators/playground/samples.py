"""Files that the page's customers send: pictures drawn here, a voice message of four notes."""

import io
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter

_VOICE = Path(__file__).parent / "page" / "voice.ogg"
_SIZE = 720
#: Wall, table, bowl and glaze of each picture.
_PALETTES = (
    ("#e9dcc9", "#a9805c", "#a6502f", "#e8c9a8"),
    ("#d5e0dc", "#7d8a6e", "#3e6a75", "#cfe3df"),
    ("#eadfe6", "#8f7280", "#6d4f5c", "#f0d9cf"),
    ("#f3e6c8", "#8a6a3f", "#c99a3b", "#fff1cf"),
)


def voice() -> bytes:
    """Two and a half seconds of Opus in Ogg, as phones record it."""
    return _VOICE.read_bytes()


def photo(number: int) -> bytes:
    """A bowl on a table as JPEG, with the crack about which its owner writes; each number has a light and colours of its own."""
    random = Random(number)  # noqa: S311  # the same number is the same picture
    wall, table, bowl, glaze = _PALETTES[number % len(_PALETTES)]
    image = Image.new("RGB", (_SIZE, _SIZE), wall)
    draw = ImageDraw.Draw(image)
    light = 120 + random.randrange(300)
    draw.ellipse((light, 40, light + 240, 280), fill=_mixed(wall, "#ffffff", 0.55))
    draw.rectangle((0, 470, _SIZE, _SIZE), fill=table)
    image = image.filter(ImageFilter.GaussianBlur(18))
    draw = ImageDraw.Draw(image)
    draw.ellipse((150, 560, 590, 630), fill=_mixed(table, "#000000", 0.3))
    draw.chord((130, 60, 590, 610), 0, 180, fill=bowl)
    draw.rectangle((280, 590, 440, 614), fill=_mixed(bowl, "#000000", 0.25))
    draw.chord((130, 130, 590, 470), 20, 160, fill=_mixed(bowl, glaze, 0.4))
    draw.ellipse((130, 285, 590, 385), fill=glaze)
    draw.ellipse((152, 297, 568, 377), fill=_mixed(bowl, "#000000", 0.35))
    _crack(draw, random, _mixed(bowl, "#000000", 0.7))
    return _jpeg(image)


def _crack(draw: ImageDraw.ImageDraw, random: Random, colour: str) -> None:
    place = [(330 + random.randrange(120), 384)]
    for _step in range(5):
        x, y = place[-1]
        place.append((x + random.randrange(-34, 34), y + random.randrange(16, 34)))
    draw.line(place, fill=colour, width=6, joint="curve")


def _mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another."""
    pairs = [(int(colour[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _jpeg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=86)
    return target.getvalue()
