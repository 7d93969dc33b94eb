// The public help centre: "/" goes to the search, arrows walk through its results, what is open closes by a click elsewhere.
const input = () => document.querySelector("[data-search] input");

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && input()) {
    event.preventDefault();
    input().focus();
    return;
  }
  const search = event.target.closest("[data-search]");
  if (!search) return;
  const stops = [search.querySelector("input"), ...search.querySelectorAll(".hits a")];
  const at = stops.indexOf(event.target);
  if (event.key === "ArrowDown" && at < stops.length - 1) stops[at + 1].focus();
  else if (event.key === "ArrowUp" && at > 0) stops[at - 1].focus();
  else if (event.key === "Escape") {
    search.querySelector(".results").replaceChildren();
    stops[0].value = "";
    stops[0].focus();
  } else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-closing][open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
  for (const search of document.querySelectorAll("[data-search]")) {
    if (!search.classList.contains("search-page") && !search.contains(event.target)) search.querySelector(".results").replaceChildren();
  }
});
