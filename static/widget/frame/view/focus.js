// Full screen covers the host page, so Tab must not leave for what cannot be seen; as a panel beside the page it may.
const REACHABLE = 'a[href], button:not(:disabled), textarea, input:not([type="file"]), select, [tabindex="0"]';

/** Keep Tab inside the frame while `isTrapped()`. */
export function trapFocus(isTrapped) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !isTrapped()) return;
    const stops = [...document.querySelectorAll(REACHABLE)].filter((node) => node.tabIndex >= 0 && node.checkVisibility());
    if (!stops.length) return;
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  });
}
