// The one entry of every dashboard page: each import defines its elements or listens on the document, so it survives htmx swaps.
import "./http.js";
import "./failed-requests.js";
import "./theme.js";
import "./toast.js";
import "./relative-time.js";
import "./menu.js";
import "./dialog.js";
import "./tooltip.js";
import "./drag-width.js";
import "./confirm.js";
import "./copy.js";
import "./forms.js";
import "./shortcuts.js";

document.documentElement.classList.add("js");
// On a phone the settings' places are a strip: the one that is open is in sight.
document.querySelector(".settings-nav [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
