// What somebody types into [data-draft] survives a closed tab, until it was sent.

const words = JSON.parse(document.getElementById("o-words").textContent);
const PREFIX = `opale:draft:${document.body.dataset.liveName ?? ""}:`;
const OLD = 14 * 24 * 3600e3;

function say(field, text) {
  const note = field.form?.querySelector("[data-draft-note]");
  if (note) note.textContent = text;
}

function restore(part) {
  for (const field of part.querySelectorAll?.("[data-draft]") ?? []) {
    const kept = localStorage.getItem(PREFIX + field.dataset.draft);
    if (!kept || field.value) continue;
    field.value = JSON.parse(kept).text;
    say(field, words.draft);
  }
}

for (const key of Object.keys(localStorage).filter((name) => name.startsWith("opale:draft:"))) {
  try {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > OLD) localStorage.removeItem(key);
  } catch {
    localStorage.removeItem(key);
  }
}

document.addEventListener("input", (event) => {
  const name = event.target.dataset?.draft;
  if (!name) return;
  if (event.target.value) localStorage.setItem(PREFIX + name, JSON.stringify({ text: event.target.value, at: Date.now() }));
  else localStorage.removeItem(PREFIX + name);
  say(event.target, event.target.value ? words.draft : "");
});

function sent(form) {
  for (const field of form.querySelectorAll?.("[data-draft]") ?? []) {
    localStorage.removeItem(PREFIX + field.dataset.draft);
    say(field, "");
  }
}

document.addEventListener("htmx:afterRequest", (event) => {
  // A refusal is drawn like an answer (409, 422): what was typed stays.
  if (event.detail.xhr.status >= 400 || !event.detail.successful || event.detail.requestConfig.verb === "get") return;
  // Only the form itself sends what stands in it: a file that is attached beside it does not.
  const form = event.detail.elt;
  if (!form.matches?.("form")) return;
  sent(form);
  // The region may be morphed around the form: what was sent must not stay in it.
  for (const field of form.querySelectorAll("[data-draft]")) field.value = field.defaultValue;
});
// Without htmx the page is left: the draft goes only when the server took it (the form is not drawn again).
document.addEventListener("submit", (event) => {
  if (event.target.matches?.("[hx-post]") || !event.target.querySelector?.("[data-draft]")) return;
  sessionStorage.setItem("opale:sent", [...event.target.querySelectorAll("[data-draft]")].map((f) => f.dataset.draft).join(" "));
});
for (const name of sessionStorage.getItem("opale:sent")?.split(" ") ?? []) {
  if (!document.querySelector(".o-summary")) localStorage.removeItem(PREFIX + name);
}
sessionStorage.removeItem("opale:sent");

restore(document);
document.addEventListener("htmx:load", (event) => restore(event.target));
