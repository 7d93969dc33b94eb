/** Elements without a library. */

/** An element: attributes by name (`on…` listens, false and null are left out), then children. */
export function el(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

/** Words for those who do not see the page. */
export const said = (text) => el("span", { class: "said" }, text);

const PATHS = {
  add: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-4 16-4-7z",
  close: "M6 6l12 12M18 6 6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  back: "M15 5l-7 7 7 7",
  photo: "M4 6h16v13H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5h.01",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5h3v14H8zM14 5h3v14h-3z",
  voice: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  location: "M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21zM12 9.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  contact: "M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.5-4 3.5-6 7-6s6.5 2 7 6",
  sticker: "M5 5h14v8l-6 6H5zM13 19v-6h6M9 10h.01M14 10h.01",
  story: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 9v6M9 12h6",
  heart: "M12 20s-8-5-8-10.500a4.3 4.3 0 0 1 8-2.2 4.3 4.3 0 0 1 8 2.200C20 15 12 20 12 20z",
  thumb: "M7 11v9H4v-9zM7 11l4-7a2 2 0 0 1 2 2v4h5.500l-1.5 8.5-1.5 1.500H7",
  reply: "M10 6 5 11l5 5M5 11h8a6 6 0 0 1 6 6v1",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  unsend: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  faults: "M12 4 2.5 20h19zM12 10v4M12 17h.01",
  person: "M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5",
  one: "M4 12.5 9 17.5 20 6.5",
  two: "M1.5 12.5 6.5 17.5 16 7M9.5 15.5 12 17.5 22.5 7",
};

/** A drawing of lines, for the eye only. */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" })) drawing.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
