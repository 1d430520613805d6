// Who looks at this: signs while a ticket is open here, and colleagues' faces on lines and heads.

const BEAT = 25e3;
const AGED = 60e3;
const QUIET = 8e3;
let told = "";
let said = "";
let wrote = 0;
let typed = null;
let before = Promise.resolve();

const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function send(url, method, writing) {
  const headers = { "X-CSRFToken": cookie("csrftoken") };
  const body = method === "POST" ? new URLSearchParams({ writing: writing ? "1" : "" }) : undefined;
  return fetch(url, { method, headers, body, keepalive: true }).catch(() => {});
}

/** One after the other: a farewell that overtakes a sign would leave one's face behind. */
function tell(...sign) {
  before = before.then(() => send(...sign));
}

/** One sign for the one ticket that is open and looked at; the one before is left. */
function sign(force = false) {
  const url = document.hidden ? "" : document.querySelector("[data-present]")?.dataset.present ?? "";
  if (told && told !== url) tell(told, "DELETE");
  const writing = Boolean(typed?.isConnected && typed.value) && Date.now() - wrote < QUIET;
  if (url && (force || url !== told || said !== String(writing))) tell(url, "POST", writing);
  told = url;
  said = String(writing);
}

function place() {
  const faces = [...document.querySelectorAll("[data-faces] > [data-on]")];
  for (const slot of document.querySelectorAll("[data-here]")) {
    const mine = faces.filter((face) => face.dataset.on === slot.dataset.here);
    const text = mine.map((face) => face.outerHTML).join("");
    if (slot.dataset.shown === text) continue;
    slot.dataset.shown = text;
    slot.replaceChildren(...mine.map((face) => face.cloneNode(true)));
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("textarea[data-draft]")) return;
  typed = event.target;
  const began = Date.now() - wrote > QUIET;
  wrote = Date.now();
  if (began) sign();
});
document.addEventListener("htmx:afterSettle", () => { place(); sign(); });
document.addEventListener("opale:beside-closed", () => sign());
document.addEventListener("visibilitychange", () => sign());
window.addEventListener("pagehide", () => { if (told) send(told, "DELETE"); told = ""; });
window.addEventListener("pageshow", (event) => event.persisted && sign());
setInterval(() => sign(true), BEAT);
setInterval(() => sign(), QUIET);
// A browser that is gone says nothing: faces are asked for again while there are any.
setInterval(() => {
  const faces = document.querySelector("[data-faces]:has(> *)");
  if (faces && !document.hidden) window.htmx.trigger(faces, "opale:aged");
}, AGED);
place();
sign();
