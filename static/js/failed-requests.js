// A request of htmx that failed says so. Apart from http.js, which toasts need: modules that import each other have no name
// made of their content.
import { meta } from "./http.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) {
    window.location.assign(meta("sign-in") || "/");
    return;
  }
  const words = document.querySelector("toast-region")?.dataset ?? {};
  const text = { 403: words.forbidden, 404: words.missing, 429: words.often }[status] ?? words.broken;
  toast(text ?? "", { tone: "bad" });
});

document.addEventListener("htmx:sendError", () => {
  toast(document.querySelector("toast-region")?.dataset.offline ?? "", { tone: "bad" });
});
