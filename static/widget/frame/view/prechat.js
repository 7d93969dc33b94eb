// The questions before the conversation. They come after the first message has been written, and what is typed in them is kept.
import { el, icon } from "./dom.js";

const TYPES = new Set(["text", "email", "tel", "url", "number", "date"]);
const FILL = { name: "name", email: "email", phone: "tel", tel: "tel", company: "organization" };

/** The fields this visitor has to fill: a verified one has told name and address already. */
export function fieldsFor(state) {
  const told = state.verified ? new Set(["name", "email"]) : new Set();
  return state.inbox.prechat.filter((field) => !told.has(field.name));
}

export const needsForm = (state) => Boolean(state.inbox && (fieldsFor(state).length || state.inbox.consent));

function fieldNode(field, kept) {
  const id = `pre-${field.name}`;
  const shared = { id, name: field.name, required: field.required, autocomplete: FILL[field.name] ?? "off" };
  const input = field.options?.length
    ? el("select", shared, el("option", { value: "" }, ""), field.options.map((option) => el("option", { value: option.value ?? option }, option.label ?? option)))
    : field.type === "textarea" ? el("textarea", { ...shared, rows: "3" }) : el("input", { ...shared, type: TYPES.has(field.type) ? field.type : "text" });
  input.value = kept[field.name] ?? "";
  return el("div", { class: "field" }, el("label", { for: id }, field.label, field.required ? el("span", { "aria-hidden": "true" }, " *") : null), input, el("p", { class: "field-error", id: `${id}-error`, hidden: true }));
}

function check(form, t) {
  let first = null;
  for (const input of form.querySelectorAll("input, select, textarea")) {
    const error = form.querySelector(`#${CSS.escape(input.id)}-error`);
    const text = input.validity.valueMissing ? t("field_missing") : input.validity.valid ? "" : t(input.type === "email" ? "field_email" : "field_wrong");
    error.textContent = text;
    error.hidden = !text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) input.setAttribute("aria-describedby", error.id); else input.removeAttribute("aria-describedby");
    if (text) first ??= input;
  }
  first?.focus();
  return !first;
}

function consentNode(consent, t) {
  if (!consent) return null;
  const href = /^https?:/.test(consent.url ?? "") ? consent.url : null;
  return el("p", { class: "consent" }, icon("shield"), el("span", {}, consent.text, " ", href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, t("privacy_policy")) : null));
}

/** The card; `actions.details(fields)` sends what waits, `actions.back()` gives the text back to the composer. */
export function prechatNode(state, t, storage, actions) {
  const fields = fieldsFor(state);
  const { consent } = state.inbox;
  const form = el("form", { class: "prechat", novalidate: true, "aria-label": t("before_sending") },
    el("p", { class: "prechat-lead" }, t(fields.length ? "before_sending_help" : "before_sending_consent")),
    fields.map((field) => fieldNode(field, storage.get("fields", {}))),
    consentNode(consent, t),
    el("div", { class: "prechat-foot" },
      el("button", { type: "button", class: "textlink", onclick: () => actions.back() }, t("change_message")),
      el("button", { type: "submit", class: "button" }, t(consent ? "agree_send" : "send"))));
  const values = () => Object.fromEntries(new FormData(form));
  form.addEventListener("input", () => storage.set("fields", values()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (check(form, t)) actions.details(values());
  });
  return form;
}
