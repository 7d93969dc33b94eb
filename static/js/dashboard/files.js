// Files of the composer: picked, dropped or pasted, uploaded at once with their progress, shown until they are sent.
import { csrfToken } from "../http.js";
import { words } from "./words.js";

export class Files {
  constructor(composer) {
    this.composer = composer;
    this.all = [];
    const picker = composer.querySelector("[data-part=picker]");
    if (!picker) return;
    picker.addEventListener("change", () => { this.add(picker.files); picker.value = ""; });
    composer.text.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); this.add(event.clipboardData.files); } });
    const pane = composer.closest(".thread-pane");
    pane.addEventListener("dragover", (event) => { event.preventDefault(); pane.toggleAttribute("data-drop", true); });
    pane.addEventListener("dragleave", (event) => { if (!pane.contains(event.relatedTarget)) pane.removeAttribute("data-drop"); });
    pane.addEventListener("drop", (event) => { event.preventDefault(); pane.removeAttribute("data-drop"); this.add(event.dataTransfer.files); });
  }

  get ids() { return this.all.filter((one) => one.id).map((one) => one.id); }
  get isBusy() { return this.all.some((one) => !one.id && !one.failed); }

  add(files) { for (const file of files) this.upload(file); }

  upload(file) {
    const one = { name: file.name, progress: 0 };
    this.all.push(one);
    const request = new XMLHttpRequest();
    request.open("POST", this.composer.dataset.upload);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.onprogress = (event) => { one.progress = event.loaded / event.total; this.draw(); };
    request.onload = () => this.answered(one, request);
    request.onerror = () => this.failed(one, words("notSent"));
    const form = new FormData();
    form.append("file", file);
    request.send(form);
    one.cancel = () => request.abort();
    this.draw();
  }

  answered(one, request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* an answer without words */ }
    if (request.status === 201) { one.id = answer.id; this.draw(); } else this.failed(one, answer.message ?? words("notSent"));
  }

  failed(one, message) { this.remove(one); this.composer.error(`${one.name}: ${message}`); }

  remove(one) { one.cancel?.(); this.all = this.all.filter((other) => other !== one); this.draw(); }

  take() { const taken = this.all; this.all = []; this.draw(); return taken; }
  put(files) { this.all = [...(files ?? []), ...this.all]; this.draw(); }

  draw() {
    const list = this.composer.querySelector("[data-part=files]");
    list.replaceChildren(...this.all.map((one) => {
      const row = Object.assign(document.createElement("li"), { className: "chip" });
      row.append(Object.assign(document.createElement("span"), { className: "truncate", textContent: one.name }));
      if (!one.id) row.append(Object.assign(document.createElement("progress"), { className: "progress", max: 1, value: one.progress }));
      const button = Object.assign(document.createElement("button"), { type: "button", className: "icon-btn icon-btn-small", textContent: "✕" });
      button.setAttribute("aria-label", `${words("remove")} ${one.name}`);
      button.addEventListener("click", () => this.remove(one));
      row.append(button);
      return row;
    }));
  }
}
