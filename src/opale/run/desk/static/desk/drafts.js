// What one writes on a ticket is kept by the server as it grows; without a line, by the browser (ui/drafts.js).

const PAUSE = 600;
const AT_LEAST = 3000;
const prefix = `opale:writing:${document.body.dataset.liveName ?? ""}:`;
const FORMS = ".o-write[data-kept]";
const states = new Map();

/** A name of this browser, and of each text it is writing. Only a secure page has randomUUID. */
const unique = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
function named(key) {
  const kept = localStorage.getItem(prefix + key);
  if (kept) return kept;
  const made = unique();
  localStorage.setItem(prefix + key, made);
  return made;
}
const device = named("device");
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function stateOf(form) {
  if (!states.has(form)) states.set(form, { timer: 0, since: 0, going: null, own: null, continues: "" });
  return states.get(form);
}
const textOf = (form) => form.querySelector("textarea");
const keyOf = (form, what) => `${what}:${textOf(form).dataset.draft}`;
const kindOf = (form) => (form.matches("[data-public]") ? "public" : "internal");
const formOf = (kind) => [...document.querySelectorAll(FORMS)].find((form) => kindOf(form) === kind);
const formsOf = (place) => [...place.parentElement.querySelectorAll(FORMS)];

function say(form, word) {
  const note = form.querySelector("[data-draft-note]");
  if (note) note.textContent = word;
  const drop = form.querySelector("[data-discard]");
  if (drop) drop.hidden = !textOf(form).value;
}

function packed(form) {
  const said = new FormData(form);
  said.set("kind", kindOf(form));
  said.set("continues", stateOf(form).continues);
  said.delete("file");
  return said;
}

async function keep(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = state.since = 0;
  // One after another: an older text must not come in over a newer one.
  if (state.going) await state.going;
  const text = textOf(form).value;
  state.going = fetch(form.dataset.kept, { method: "POST", body: packed(form), keepalive: text.length < 20000, headers: { "X-CSRFToken": cookie("csrftoken") } })
    .then(async (answer) => {
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const kept = await answer.json();
      if (!kept.id) return;
      state.own = kept;
      state.continues = "";
      localStorage.setItem(prefix + keyOf(form, "kept"), text);
      say(form, text ? form.dataset.wordKept : "");
    })
    .catch(() => say(form, text ? form.dataset.wordAlone : ""))
    .finally(() => { state.going = null; });
  return state.going;
}

function later(form) {
  const state = stateOf(form);
  state.since ||= Date.now();
  clearTimeout(state.timer);
  state.timer = setTimeout(keep, Math.max(0, Math.min(PAUSE, state.since + AT_LEAST - Date.now())), form);
}

function fresh(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  Object.assign(state, { timer: 0, since: 0, continues: "", own: null });
  localStorage.removeItem(prefix + keyOf(form, "sitting"));
  localStorage.removeItem(prefix + keyOf(form, "kept"));
  form.elements.sitting.value = named(keyOf(form, "sitting"));
  say(form, "");
}

function put(form, draft, { beside = false } = {}) {
  const field = textOf(form);
  field.value = beside && field.value.trim() ? `${field.value.trimEnd()}\n\n${draft.body}` : draft.body;
  const promise = form.elements.next_update_at;
  if (promise && draft.promise && !promise.value) promise.value = draft.promise;
  if (form.elements.modules) form.elements.modules.value = String(draft.modules ?? "");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** What the server has: this device's own text, or the one text that was begun on another. */
function settle(place, keptBefore) {
  for (const form of formsOf(place)) {
    const field = textOf(form);
    const kind = kindOf(form);
    const own = place.querySelector(`[data-own-draft="${kind}"]`);
    // Kept before the server was asked and gone now: it was sent, discarded or moved elsewhere. What was typed since is new.
    if (!own && field.value && field.value === keptBefore.get(form)) {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      fresh(form);
    }
    const found = own ? [own] : [...place.querySelectorAll(`[data-elsewhere="${kind}"]`)];
    if (own) stateOf(form).own = { id: own.dataset.id };
    if (field.value || found.length !== 1) {
      if (field.value && field.value !== own?.dataset.body) later(form);
      continue;
    }
    if (!own) stateOf(form).continues = `${found[0].dataset.id}:${found[0].dataset.revision}`;
    put(form, found[0].dataset);
  }
}

async function open(place) {
  place.dataset.ready = "";
  for (const form of formsOf(place)) {
    form.elements.device.value = device;
    form.elements.sitting.value = named(keyOf(form, "sitting"));
    say(form, "");
  }
  const keptBefore = new Map(formsOf(place).map((form) => [form, localStorage.getItem(prefix + keyOf(form, "kept"))]));
  const answer = await fetch(`${place.dataset.drafts}?device=${device}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || !place.isConnected) return;
  const region = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  place.hidden = false;
  place.replaceChildren(region);
  window.htmx.process(region);
  settle(place, keptBefore);
}

async function discard(button) {
  const form = button.closest("form");
  await keep(form);
  const own = stateOf(form).own;
  if (!own) return;
  await window.htmx.ajax("POST", button.dataset.discard.replace("/0/", `/${own.id}/`), { source: button, swap: "none" });
  textOf(form).value = "";
  textOf(form).dispatchEvent(new Event("input", { bubbles: true }));
  fresh(form);
}

/** The undo of a toast, whose answer would be told to a toast that is gone. */
async function bringBack(form) {
  const answer = await fetch(form.action, { method: "POST", headers: { "X-CSRFToken": cookie("csrftoken"), "HX-Request": "true" } }).catch(() => null);
  const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}");
  for (const [name, detail] of Object.entries(told)) document.dispatchEvent(new CustomEvent(name, { detail }));
}

function leave() {
  for (const [form, state] of states) {
    if (!state.timer || !navigator.sendBeacon(form.dataset.kept, packed(form))) continue;
    clearTimeout(state.timer);
    state.timer = 0;
  }
}

const begin = (part) => part.querySelectorAll?.("[data-drafts]:not([data-ready])").forEach(open);
document.addEventListener("htmx:load", (event) => begin(event.target));
document.addEventListener("input", (event) => {
  const form = event.target.closest?.(FORMS);
  if (form && event.target.dataset.draft) later(form);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.matches?.(FORMS)) clearTimeout(stateOf(event.detail.elt).timer);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches?.(FORMS) || event.detail.requestConfig.verb !== "post") return;
  if (event.detail.successful && event.detail.xhr.status < 400) fresh(form);
  else later(form);
});
document.addEventListener("opale:draft", (event) => {
  const form = formOf(event.detail.kind);
  if (!form) return;
  const draft = event.detail;
  stateOf(form).continues = draft.id ? `${draft.id}:${draft.revision}` : "";
  put(form, draft, { beside: true });
  textOf(form).focus();
  const kept = keep(form);
  const addressed = form.querySelector("[data-recipients]");
  if (draft.recipients && addressed) window.htmx.ajax("GET", draft.recipients, { target: addressed, swap: "outerHTML" });
  // Files that wait beside the box are drawn with the page.
  if (draft.files) kept.then(() => location.reload());
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-discard]");
  if (button) discard(button);
  const undone = event.target.closest?.("[data-undo]")?.closest("form");
  if (!undone || !/\/(drafts\/\d+\/restoration|messages\/\d+\/taking-back)\/$/.test(new URL(undone.action).pathname)) return;
  event.preventDefault();
  bringBack(undone);
});
window.addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
window.addEventListener("online", () => document.querySelectorAll(FORMS).forEach((form) => textOf(form).value && keep(form)));
begin(document);
