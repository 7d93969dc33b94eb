// Catalogues are small JSON files, loaded for one language; English is the fallback of a missing word.
export const LANGUAGES = ["en", "pt", "es", "fr"];

/** "pt-BR" → "pt"; an unknown language → "en". */
export function pickLanguage(wanted) {
  const base = String(wanted ?? "").toLowerCase().split("-")[0];
  return LANGUAGES.includes(base) ? base : "en";
}

/** Load the words of `lang`; returns `t(key, values)`. A key with `one` and `other` picks by `values.n`. */
export async function loadWords(lang) {
  const read = async (name) => (await fetch(new URL(`./locales/${name}.json`, import.meta.url))).json();
  const [own, english] = await Promise.all([read(lang), lang === "en" ? {} : read("en")]);
  const plural = new Intl.PluralRules(lang);
  return function t(key, values = {}) {
    const entry = own[key] ?? english[key] ?? key;
    const text = typeof entry === "string" ? entry : entry[plural.select(values.n ?? 0)] ?? entry.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  };
}
