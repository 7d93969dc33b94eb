// Files on their way to the server, each with its progress; the picture of an image stays here so that nothing is fetched twice.
export const MOST = 10;
const MEGABYTE = 1024 * 1024;

/**
 * @param changed called on every change; `words(key, values)` gives texts; `expired` is called when the token is not taken;
 * `limits` are the server's: the largest file in bytes, and the endings of programs.
 */
export function makeUploads({ api, words, changed, expired, limits }) {
  let files = [];
  const pictures = new Map();
  const why = {
    empty: () => words("upload_empty"),
    too_large: () => words("upload_large", { size: sayBytes(Math.floor(limits.largest / MEGABYTE) * 1e6) }),
    program: () => words("upload_program"),
    too_many: () => words("upload_many", { n: MOST }),
  };

  /** Why the server would not take a file, as its own code; undefined where it would. */
  function refusal(blob, name) {
    if (files.filter((file) => !file.isFinal).length >= MOST) return "too_many";
    if (!blob.size) return "empty";
    if (blob.size > limits.largest) return "too_large";
    return limits.programs.some((ending) => name.toLowerCase().endsWith(ending)) ? "program" : undefined;
  }

  /** One that trying again would not help. */
  function refuse(file, code) { update(file, { state: "failed", error: why[code](), isFinal: true }); }

  function update(file, values) { Object.assign(file, values); changed(); }

  function send(file) {
    if (!api.hasToken()) { update(file, { state: "waiting" }); return; }
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file.blob, file.name);
    update(file, { state: "sending", progress: 0, error: "", request });
    request.open("POST", api.uploadUrl);
    for (const [name, value] of Object.entries(api.bearer())) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) update(file, { progress: event.loaded / event.total }); };
    request.onerror = () => update(file, { state: "failed", error: words(navigator.onLine ? "upload_failed" : "upload_offline") });
    request.onload = () => {
      if (request.status === 201) {
        if (file.picture) pictures.set(request.response.id, file.picture);
        update(file, { state: "done", progress: 1, done: request.response });
        return;
      }
      if (request.status === 401 && !file.isSecondTry) {
        update(file, { state: "waiting", isSecondTry: true });
        expired();
        return;
      }
      const code = request.status === 413 ? "too_large" : request.status === 400 ? request.response?.code : "";
      if (why[code]) refuse(file, code);
      else update(file, { state: "failed", error: request.response?.message || words("upload_failed") });
    };
    request.send(form);
  }

  return {
    get files() { return files; },
    get isBusy() { return files.some((file) => ["sending", "waiting"].includes(file.state)); },
    get ready() { return files.filter((file) => file.state === "done").map((file) => file.done); },
    picture: (id) => pictures.get(id),
    add(blobs) {
      for (const blob of blobs) {
        const name = blob.name || `${words("pasted")}.${blob.type.split("/")[1] || "bin"}`;
        const picture = /^image\/(png|jpeg|gif|webp|avif)$/.test(blob.type) ? URL.createObjectURL(blob) : null;
        const file = { key: crypto.randomUUID(), blob, name, type: blob.type, size: blob.size, picture, state: "waiting" };
        const code = refusal(blob, name);
        files = [...files, file];
        if (code) refuse(file, code); else send(file);
      }
      changed();
    },
    retry(key) { const file = files.find((each) => each.key === key); if (file) send(file); },
    remove(key) {
      const file = files.find((each) => each.key === key);
      file?.request?.abort();
      files = files.filter((each) => each.key !== key);
      changed();
    },
    /** There is a token now: send what waited for it. */
    wake() { for (const file of files) if (file.state === "waiting") send(file); },
    /** Give the finished files to a message and start afresh; failed ones stay to be seen. */
    take() { const taken = this.ready; files = files.filter((file) => file.state !== "done"); changed(); return taken; },
    clear() { for (const file of files) file.request?.abort(); files = []; pictures.clear(); changed(); },
  };
}

/** 1536 → "1.5 kB", in the language of the page. */
export function sayBytes(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[step], maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}
