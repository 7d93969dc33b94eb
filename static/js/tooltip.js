// data-tip="words" (and data-keys="H") on anything that can be pointed at or focused. The name for readers stays aria-label.
const WAIT = 350;
let tip, timer, owner;

function bubble() {
  tip ??= Object.assign(document.createElement("div"), { className: "tooltip", popover: "manual" });
  if (!tip.isConnected) { tip.setAttribute("aria-hidden", "true"); document.body.append(tip); }
  return tip;
}

function show(target) {
  if (!target.isConnected || target.matches('[aria-expanded="true"]')) return;
  const box = bubble();
  box.textContent = target.dataset.tip;
  if (target.dataset.keys) box.append(Object.assign(document.createElement("kbd"), { textContent: target.dataset.keys }));
  if (!box.matches(":popover-open")) box.showPopover();
  const from = target.getBoundingClientRect(), own = box.getBoundingClientRect();
  const side = target.dataset.tipSide === "right";
  const top = side ? from.top + (from.height - own.height) / 2 : from.bottom + own.height + 8 < innerHeight ? from.bottom + 6 : from.top - own.height - 6;
  const left = side ? from.right + 8 : from.left + (from.width - own.width) / 2;
  box.style.top = `${Math.max(4, top)}px`;
  box.style.left = `${Math.max(4, Math.min(left, innerWidth - own.width - 4))}px`;
}

function hide() {
  clearTimeout(timer);
  owner = null;
  if (tip?.isConnected && tip.matches(":popover-open")) tip.hidePopover();
}

function enter(event, wait) {
  const target = event.target.closest?.("[data-tip]");
  if (target === owner) return;
  hide();
  if (!target) return;
  owner = target;
  timer = setTimeout(show, wait, target);
}

document.addEventListener("pointerover", (event) => { if (event.pointerType !== "touch") enter(event, WAIT); });
document.addEventListener("focusin", (event) => { if (event.target.matches?.(":focus-visible")) enter(event, WAIT); });
for (const name of ["focusout", "pointerdown", "scroll"]) document.addEventListener(name, hide, true);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
