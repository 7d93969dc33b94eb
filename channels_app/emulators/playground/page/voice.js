/** A voice message: play, and how far it is. */
import { el, icon } from "./dom.js";

const BARS = 22;

export function voice(url) {
  const sound = new Audio();
  // A file that comes in pieces does not tell how long it is before it has been heard.
  fetch(url).then((response) => response.blob()).then((blob) => { sound.src = URL.createObjectURL(blob); });
  const button = el("button", { type: "button", "aria-label": "Play the voice message", onclick: () => (sound.paused ? sound.play() : sound.pause()) }, icon("play"));
  const bars = wave();
  const length = el("span", {}, "0:00");
  const show = () => {
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
    button.setAttribute("aria-label", sound.paused ? "Play the voice message" : "Stop the voice message");
    const heard = sound.duration ? (sound.currentTime / sound.duration) * BARS : 0;
    for (const [place, bar] of [...bars.children].entries()) bar.classList.toggle("heard", place < heard);
    length.textContent = clock(sound.paused ? sound.duration : sound.currentTime);
  };
  for (const name of ["loadedmetadata", "timeupdate", "play", "pause", "ended"]) sound.addEventListener(name, show);
  sound.addEventListener("error", () => { length.textContent = "gone"; });
  return el("div", { class: "voice" }, button, bars, length);
}

function clock(seconds) {
  const whole = Number.isFinite(seconds) ? Math.max(Math.round(seconds), 1) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function wave() {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({ class: "wave", viewBox: `0 0 ${BARS * 5} 24`, preserveAspectRatio: "none", "aria-hidden": "true" })) drawing.setAttribute(key, value);
  for (let place = 0; place < BARS; place += 1) {
    const high = 6 + Math.abs(Math.sin(place * 1.7) * 11 + Math.sin(place * 0.6) * 6);
    const bar = document.createElementNS(space, "rect");
    for (const [key, value] of Object.entries({ x: place * 5, y: 12 - high / 2, width: 3, height: high, rx: 1.5 })) bar.setAttribute(key, value);
    drawing.append(bar);
  }
  return drawing;
}
