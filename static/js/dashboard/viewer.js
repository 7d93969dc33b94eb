// Images of the thread open large in a dialog; the link behind them stays a link for everything else.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-viewer]");
  if (!link || event.metaKey || event.ctrlKey || event.button) return;
  event.preventDefault();
  const dialog = Object.assign(document.createElement("dialog"), { className: "viewer" });
  dialog.setAttribute("aria-label", link.dataset.viewer);
  const image = Object.assign(document.createElement("img"), { src: link.href, alt: link.dataset.viewer });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "icon-btn", textContent: "✕" });
  close.setAttribute("aria-label", document.querySelector("toast-region")?.dataset.dismiss ?? "");
  dialog.append(image, close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  document.body.append(dialog);
  dialog.showModal();
});
