// The CSRF cookie is HttpOnly, so the token travels in a meta tag to htmx and to our own requests.

/** What a meta tag of this page holds, or "". */
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** The CSRF token of this page. */
export const csrfToken = () => meta("csrf-token");

/** POST (or another method) to one of our own addresses; resolves to the Response, rejects when the network fails. */
export function send(url, { method = "POST", body, headers = {}, ...rest } = {}) {
  return fetch(url, { method, body, credentials: "same-origin", headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch", ...headers }, ...rest });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});
