/** The page: a phone for each platform that is there, and one question to the emulator for all of them. */
import { post, read } from "./api.js";
import { el } from "./dom.js";
import { Phone } from "./phone.js";
import { PLATFORMS } from "./platforms.js";

const EVERY = 700;
const at = (id) => document.getElementById(id);
const phones = [];
let asking = Promise.resolve();
let waiting = 0;

/** Ask the emulator what there is; an answer that is under way may be older than what was just done, so it is not taken for it. */
function look() {
  waiting += 1;
  asking = asking.then(ask).finally(() => { waiting -= 1; });
  return asking;
}

async function ask() {
  try {
    const query = new URLSearchParams(phones.map((one) => [one.platform.line, one.asked]));
    const found = await read(`state?${query}`);
    for (const phone of phones) phone.update(found[phone.platform.line]);
    at("end").hidden = !Object.values(found).some((one) => one.faults.length);
    at("problem").hidden = true;
  } catch (error) {
    at("problem").textContent = `The emulator does not answer: ${error.message}. Is bin/dev running?`;
    at("problem").hidden = false;
  }
}

function website(shop) {
  const frame = el("iframe", { src: shop, title: "A shop's website with the chat in its corner", loading: "eager" });
  return el("section", { class: "phone", "data-platform": "website", "aria-labelledby": "phone-website" },
    el("div", { class: "caption" }, el("h2", { id: "phone-website" }, "Website"), el("div", { class: "person" }, el("p", { class: "who" }, "A visitor of a shop: press the bubble"))),
    el("div", { class: "device" }, el("div", { class: "screen" }, el("div", { class: "address", "aria-hidden": "true" }, new URL(shop).host), el("div", { class: "frame" }, frame))));
}

async function begin() {
  const [product, found] = await Promise.all([read("product"), read("state")]);
  at("dashboard").href = product.dashboard;
  at("dashboard").hidden = !product.dashboard;
  at("email").textContent = product.email;
  at("password").textContent = product.password;
  at("sign-in").hidden = !product.email;
  at("end").addEventListener("click", async () => { await post("faults/end", {}); await look(); });
  for (const platform of PLATFORMS) {
    if (platform.id === "website") { if (product.shop) at("phones").append(website(product.shop)); continue; }
    if (!(platform.line in found)) continue;
    const phone = new Phone(platform, look);
    phones.push(phone);
    at("phones").append(phone.element);
    phone.composer.grow();
  }
  await look();
  setInterval(() => { if (!document.hidden && !waiting) look(); }, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
}

begin();
