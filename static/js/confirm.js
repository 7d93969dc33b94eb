// data-confirm="What happens" on a form or its button asks before it sends; data-confirm-title, data-confirm-action and data-confirm-type ("type this name") refine it.
import { openDialog } from "./dialog.js";

const allowed = new WeakSet();

function ask(source) {
  const dialog = document.getElementById("confirm-dialog");
  const { confirm, confirmTitle, confirmAction, confirmType } = source.dataset;
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  part("title").textContent = confirmTitle || dialog.dataset.title;
  part("text").textContent = confirm;
  const button = part("action"), typed = part("typed");
  button.textContent = confirmAction || dialog.dataset.action;
  typed.hidden = !confirmType;
  part("name").textContent = confirmType ?? "";
  const field = typed.querySelector("input");
  field.value = "";
  field.oninput = () => { button.disabled = Boolean(confirmType) && field.value.trim() !== confirmType; };
  field.oninput();
  dialog.returnValue = "";
  openDialog(dialog);
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || allowed.delete(form) || form.hasAttribute("hx-post") || form.hasAttribute("hx-delete")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  ask(source).then((yes) => {
    if (!yes) return;
    allowed.add(form);
    form.requestSubmit(submitter);
  });
}, true);

document.addEventListener("htmx:confirm", (event) => {
  const submitter = event.detail.triggeringEvent?.submitter;
  const source = submitter?.dataset.confirm ? submitter : event.detail.elt;
  if (!source.dataset?.confirm) return;
  event.preventDefault();
  ask(source).then((yes) => { if (yes) event.detail.issueRequest(true); });
});
