// data-copy="text", or data-copy-from="element id", on a button.
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom)?.textContent.trim() ?? "";
  const words = document.querySelector("toast-region")?.dataset ?? {};
  try {
    await navigator.clipboard.writeText(text);
    toast(words.copied ?? "", { tone: "good", seconds: 3 });
  } catch {
    toast(words.notCopied ?? "", { tone: "bad" });
  }
});
