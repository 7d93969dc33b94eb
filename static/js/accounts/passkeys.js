// <passkey-button data-begin data-complete data-mode="sign-in|confirm|register" data-failed data-wrong-address>: makes or uses a passkey.
import { send } from "../http.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (credentials = []) => credentials.map((one) => ({ ...one, id: bytes(one.id) }));

async function ask(url, body) {
  const answer = await send(url, { body: JSON.stringify(body ?? {}), headers: { "Content-Type": "application/json", Accept: "application/json" } });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.detail ?? ""), { shown: Boolean(said.detail) });
  return said;
}

function packed(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined, clientExtensionResults: credential.getClientExtensionResults(),
  };
}

class PasskeyButton extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.hidden = !window.PublicKeyCredential;
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.run());
  }

  async run() {
    this.say("");
    this.button.disabled = true;
    try {
      const options = await ask(this.dataset.begin);
      const done = await ask(this.dataset.complete, packed(this.dataset.mode === "register" ? await this.make(options) : await this.use(options)));
      this.go(done);
    } catch (error) {
      this.say(error.name === "SecurityError" ? this.dataset.wrongAddress : error.shown ? error.message : this.dataset.failed);
      this.button.disabled = false;
    }
  }

  make(options) {
    const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: named(options.excludeCredentials) };
    return navigator.credentials.create({ publicKey });
  }

  use(options) {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
    return navigator.credentials.get({ publicKey });
  }

  go(done) {
    const { mode } = this.dataset;
    if (mode === "confirm") this.closest("form").submit();
    else window.location.assign(mode === "register" ? window.location.href : done.redirect_url);
  }

  say(words) {
    const place = this.querySelector("[role=alert]");
    place.textContent = words ?? "";
    place.hidden = !words;
  }
}
customElements.define("passkey-button", PasskeyButton);
