// The words that scripts show: they come from the page, in its language.

/** The word named `key`, with `%s` or `%d` filled in. */
export function words(key, value = "") {
  const text = document.getElementById("words")?.dataset[key] ?? "";
  return text.replace(/%[sd]/, String(value));
}
