// The theme is in data-theme on <html>, written by the server; changing it applies at once and the form saves it.
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-theme-choice]");
  if (field) document.documentElement.dataset.theme = field.value;
});
