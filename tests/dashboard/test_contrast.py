"""The colour tokens keep WCAG's contrast in both themes, computed from the style sheet itself."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
OKLCH = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")

TEXT = [
    *(
        (text, ground)
        for text in ("text", "text-2", "text-3")
        for ground in ("canvas", "surface", "surface-sunken", "surface-float", "n4")
    ),
    *(
        (text, f"{name}-tint")
        for name in ("accent", "good", "warn", "bad", "note")
        for text in ("text", "text-2", "text-3", f"{name}-text")
    ),
    *(
        (f"{name}-text", ground)
        for name in ("accent", "good", "warn", "bad", "note")
        for ground in ("canvas", "surface", "surface-float", "surface-sunken")
    ),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("bad-ink", "bad"),
    ("bad-ink", "bad-hover"),
]
CONTROLS = [
    *(
        (part, ground)
        for part in ("line-strong", "accent", "good", "warn", "bad")
        for ground in ("canvas", "surface", "surface-float")
    ),
    *((f"channel-{name}", "surface") for name in ("website", "whatsapp", "instagram", "messenger", "telegram", "email", "sms")),
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """WCAG's relative luminance of an OKLCH colour, clipped to sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, middle, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, value)) for value in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palette(theme: int) -> dict[str, float]:
    """Luminance by token name; ``theme`` 0 is light, 1 is dark."""
    declared = dict(re.findall(r"--([\w-]+): ([^;]+);", TOKENS.read_text()))
    found: dict[str, float] = {}
    for name, value in declared.items():
        target = re.fullmatch(r"var\(--([\w-]+)\)", value)
        colours = OKLCH.findall(declared[target[1]] if target and target[1] in declared else value)
        if len(colours) == 2:
            lightness, chroma, hue = map(float, colours[theme])
            found[name] = luminance(lightness, chroma, hue)
    return found


def contrast(one: float, other: float) -> float:
    """WCAG's contrast ratio of two luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert round(contrast(luminance(1, 0, 0), luminance(0, 0, 0)), 2) == 21


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (CONTROLS, 3.0)], ids=["text", "controls"])
def test_tokens_keep_contrast(theme: int, pairs: list[tuple[str, str]], least: float) -> None:
    colours = palette(theme)
    ratios = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}
