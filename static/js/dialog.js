// data-dialog="id" opens, data-close closes the dialog around it; <modal-dialog> around a <dialog> opens itself when it is swapped in.
/** Open a dialog (or drawer) modally and give the focus back to `opener` when it closes. */
export function openDialog(dialog, opener = document.activeElement) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => { if (opener?.isConnected) opener.focus(); }, { once: true });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    openDialog(document.getElementById(opener.dataset.dialog), opener);
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close(closer.dataset.close);
});

// A press that starts inside (selecting text) and ends on the backdrop must not close it.
document.addEventListener("pointerdown", (event) => {
  if (!(event.target instanceof HTMLDialogElement) || event.target.hasAttribute("data-strict")) return;
  const box = event.target.getBoundingClientRect();
  const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  if (outside) event.target.close();
});

class ModalDialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    if (!dialog) return;
    openDialog(dialog);
    dialog.addEventListener("close", () => this.remove());
  }
}

customElements.define("modal-dialog", ModalDialog);
document.addEventListener("close-dialog", () => { for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); });
