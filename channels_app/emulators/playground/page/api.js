/** What the page asks of the emulator. */

async function answered(response) {
  const found = await response.json();
  if (!response.ok) throw new Error((found.description ?? "The emulator refused it.").replace(/^Bad Request: /, ""));
  return found;
}

export async function read(path) {
  return answered(await fetch(path));
}

export async function post(path, body) {
  return answered(await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
}

/** A file as the control API takes it. */
export function packed(blob, name) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve({ name, type: blob.type, base64: String(reader.result).split(",")[1] ?? "" }));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

let photos = 0;

/** A picture that the emulator draws, each time another one. */
export async function samplePhoto() {
  photos += 1;
  return packed(await (await fetch(`photo?number=${photos}`)).blob(), `bowl-${photos}.jpg`);
}

export async function sampleVoice() {
  return packed(await (await fetch("voice")).blob(), "voice.ogg");
}
