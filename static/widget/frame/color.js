// The company's colour may be anything: the ink on it and the tone used for text are computed, so that they can always be read (WCAG 2.2).
const TEXT = 4.5;

function parse(hex) {
  const text = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(String(hex ?? "").trim())?.[1];
  if (!text) return [15, 110, 115];
  const full = text.length === 3 ? [...text].map((digit) => digit + digit).join("") : text;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16));
}

const channel = (value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
const css = (rgb) => `rgb(${rgb.map(Math.round).join(" ")})`;
const mix = (rgb, target, share) => rgb.map((value, at) => value + (target[at] - value) * share);

/** WCAG contrast of two `[r, g, b]`. */
export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function readable(rgb, ground) {
  const target = luminance(ground) > 0.4 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share <= 1; share += 0.04) {
    const tone = mix(rgb, target, share);
    if (contrast(tone, ground) >= TEXT) return tone;
  }
  return target;
}

/** CSS variables for a company colour: the colour, the ink on it, a tone of it with more contrast, and a readable text tone for light and dark. */
export function brand(hex) {
  const base = parse(hex);
  const dark = [16, 22, 26], white = [255, 255, 255];
  const ink = contrast(base, white) >= contrast(base, dark) ? white : dark;
  const solid = contrast(base, ink) >= TEXT ? base : readable(base, ink);
  return {
    "--brand": css(solid),
    "--brand-ink": css(ink),
    "--brand-deep": css(mix(solid, ink === white ? [0, 0, 0] : white, 0.18)),
    "--brand-text-light": css(readable(base, [240, 245, 246])),
    "--brand-text-dark": css(readable(base, [42, 50, 55])),
  };
}
