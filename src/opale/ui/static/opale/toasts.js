// Short sentences after something was done; they stay while they are pointed at or focused.

const words = JSON.parse(document.getElementById("o-words").textContent);
const place = document.getElementById("o-toasts");
const template = document.getElementById("o-toast-template");
const LASTS = { done: 7000, note: 7000, bad: 15000 };

function wait(toast) {
  const lasts = LASTS[toast.dataset.tone] ?? LASTS.done;
  let timer = setTimeout(() => toast.remove(), lasts);
  const hold = () => clearTimeout(timer);
  const go = () => { timer = setTimeout(() => toast.remove(), lasts / 2); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", go);
}

export function toast({ text, tone = "done", undo = "" }) {
  const drawn = template.content.firstElementChild.cloneNode(true);
  drawn.dataset.tone = tone;
  drawn.querySelector("p").textContent = text;
  const form = drawn.querySelector("form");
  if (undo) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
    form.setAttribute("hx-swap", "none");
  } else form.remove();
  // A dialog covers the page: the sentence must be above it.
  const above = document.querySelector("dialog[open]");
  (above ?? document.body).append(place);
  // The key takes back what was done last.
  if (undo) for (const older of place.querySelectorAll("[data-undo]")) older.removeAttribute("data-key");
  place.append(drawn);
  while (place.children.length > 3) place.firstElementChild.remove();
  window.htmx.process(drawn);
  wait(drawn);
}

for (const drawn of place.querySelectorAll("[data-toast]")) wait(drawn);
document.addEventListener("opale:toast", (event) => toast(event.detail));
place.addEventListener("click", (event) => {
  if (event.target.closest("[data-close], [data-undo]")) setTimeout(() => event.target.closest("[data-toast]")?.remove(), 60);
});

// What the answer says happens on the page, also when a redraw took away the button meanwhile.
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr } }) => {
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    const happened = JSON.parse(xhr.getResponseHeader("HX-Trigger") ?? "{}");
    for (const [name, detail] of Object.entries(happened)) document.dispatchEvent(new CustomEvent(name, { detail }));
  });
});

/** What a region says in its own place (regions.js) is not said again above the page; a preview is only left out. */
const said = (event) => event.detail.inPlace || event.detail.elt?.matches(".o-changes");
document.addEventListener("htmx:sendError", (event) => said(event) || toast({ text: navigator.onLine ? words.lost : words.unreached, tone: "bad" }));
document.addEventListener("htmx:timeout", (event) => said(event) || toast({ text: words.slow, tone: "bad" }));
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (event.detail.elt?.matches(".o-changes")) return;
  if (answer.status === 401) window.location.assign(document.body.dataset.login);
  else if (answer.status === 413) toast({ text: words.large, tone: "bad" });
  // A refusal brings its own sentence; without one, the server itself failed.
  else if (!said(event) && !answer.getResponseHeader("HX-Trigger")) toast({ text: words.failed, tone: "bad" });
});
