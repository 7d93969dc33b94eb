// How an SMS is cut and billed: 160 characters of the GSM alphabet or 70 of any other, 153 or 67 where there are several.
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENDED = new Set("^{}\\[~]|€\f");

/** The number of SMS that a text becomes, and how many units the last one still takes. */
export function segments(text) {
  const letters = [...text];
  const isGsm = letters.every((one) => BASIC.has(one) || EXTENDED.has(one));
  const units = letters.map((one) => (isGsm ? (EXTENDED.has(one) ? 2 : 1) : one.length));
  const [single, part] = isGsm ? [160, 153] : [70, 67];
  const total = units.reduce((sum, one) => sum + one, 0);
  if (total <= single) return { count: 1, left: single - total };
  let count = 1, used = 0;
  for (const one of units) { if (used + one > part) { count += 1; used = 0; } used += one; }
  return { count, left: part - used };
}
