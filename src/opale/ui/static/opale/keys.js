// Keys are declared in HTML: data-key="t", "ctrl+k", "g d". They are never taken from somebody who types.

const words = JSON.parse(document.getElementById("o-words").textContent);
const PATIENCE = 900;
const ACTS = ".o-main .o-head :is(a.btn, button.btn, .o-menu > div :is(a, button))";
let begun = "";
let since = 0;

function typing(target) {
  return target.isContentEditable || target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select") !== null;
}

function changed(field) {
  if (!field.options) return field.value !== field.defaultValue;
  const stood = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(stood, 0);
}

function pressed(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  // With Alt some keyboards write another letter: the key itself is meant.
  const letter = event.altKey && !/^[a-z]$/i.test(event.key) && /^Key([A-Z])$/.exec(event.code)?.[1];
  parts.push((letter || event.key).toLowerCase());
  return parts.join("+");
}

/** Elements that can be pressed now: inside the open dialog if there is one, and visible. Those of a closed menu come last. */
function declared(place = document.querySelector("dialog[open]") ?? document) {
  const all = [...place.querySelectorAll("[data-key]")];
  const folded = (element) => element.closest("details:is(.o-menu, .o-more):not([open])")?.checkVisibility() && !element.matches("summary");
  // Where each line of a list has the same key, it is pressed on the present line.
  const near = (element) => (element.closest(".o-here") ? 0 : 1);
  const visible = all.filter((element) => element.checkVisibility()).sort((a, b) => near(a) - near(b));
  return [...visible, ...all.filter((element) => !visible.includes(element) && folded(element))];
}

function use(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=file]), textarea, select")) element.focus();
  else element.click();
}

function shown(name) {
  return name.split(/[ +]/).map((part) => (part.length === 1 ? part.toUpperCase() : part[0].toUpperCase() + part.slice(1)));
}

function label(element) {
  const said = element.dataset.keyLabel || element.getAttribute("aria-label") || element.title;
  if (said && !element.matches(".btn")) return said;
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, .o-count")) extra.remove();
  return element.dataset.keyLabel || copy.textContent.trim() || said;
}

/** What a key is about: the thing that is open, what one writes, the list, the way to other pages. */
function part(element) {
  const { key } = element.dataset;
  if (element.closest(".o-rail, .o-bar, .o-top")) return words.goto;
  if (key === "escape" || /^g \d$/.test(key)) return words.moving;
  if (element.closest(".o-write, [data-writing]")) return words.writing;
  const thing = document.querySelector("[data-keys-of]");
  if (thing && (!document.querySelector(".o-work") || element.closest(".o-beside"))) return thing.dataset.keysOf;
  const listed = element.closest("[data-list]") || document.querySelector(".o-main [data-list]");
  return listed ? words.list : words.here;
}

function line(element) {
  const drawn = document.createElement("div");
  const what = document.createElement("dt");
  const keys = document.createElement("dd");
  what.textContent = label(element);
  for (const one of shown(element.dataset.key)) {
    const key = document.createElement("kbd");
    key.className = "o-key";
    key.textContent = one;
    keys.append(key);
  }
  drawn.append(what, keys);
  return drawn;
}

/** The keys of the page by what they are about. Of several elements with one key the first is pressed. */
function grouped() {
  const parts = new Map();
  const seen = new Set();
  for (const element of declared()) {
    const { key } = element.dataset;
    if (seen.has(key) || !label(element)) continue;
    seen.add(key);
    const name = part(element);
    parts.set(name, [...parts.get(name) ?? [], element]);
  }
  return parts;
}

export function openMap() {
  const map = document.getElementById("o-keymap");
  if (!map || map.open) return;
  const parts = grouped();
  const list = map.querySelector("[data-keymap-list]");
  list.replaceChildren();
  // What one does here comes first, where one can go from any page last.
  const last = [words.writing, words.list, words.moving, words.goto];
  const names = [...[...parts.keys()].filter((name) => !last.includes(name)), ...last];
  for (const name of names) {
    const shared = map.querySelector(`template[data-group="${CSS.escape(name)}"]`)?.content.cloneNode(true);
    const rows = [...shared?.children ?? []].filter((row) => !row.dataset.needs || document.querySelector(row.dataset.needs));
    const lines = [...(parts.get(name) ?? []).map(line), ...rows];
    if (!lines.length) continue;
    const heading = document.createElement("h3");
    const keys = document.createElement("dl");
    heading.textContent = name;
    keys.className = "o-keymap";
    keys.append(...lines);
    list.append(heading, keys);
  }
  map.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const name = pressed(event);
  const writes = typing(event.target);
  const leaves = event.key === "Escape" && writes && !document.querySelector("dialog[open]");
  if (leaves) event.target.blur();
  // A form that opens with the caret in a field is left at once while nothing is written there.
  const untouched = leaves && event.target.autofocus && !changed(event.target);
  // A choice of a form sends it too; a box that marks a line of a list has a form of its own.
  const sends = writes || event.target.matches("form.o-form input");
  if (name === "ctrl+enter" && event.target.form && sends) {
    event.target.form.requestSubmit();
    return event.preventDefault();
  }
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  // Keys that write nothing are for everybody: F2 opens what rings while one writes.
  const silent = /^f\d+$/.test(name);
  if (writes && !modified && !silent && !untouched) return;
  // What one types has its own undo.
  if (writes && name === "ctrl+z") return;
  if (name === "?") {
    openMap();
    return event.preventDefault();
  }
  const whole = begun && event.timeStamp - since < PATIENCE ? `${begun} ${name}` : name;
  const found = declared();
  const element = found.find((e) => e.dataset.key === whole) ?? found.find((e) => e.dataset.key === name);
  begun = found.some((e) => e.dataset.key.startsWith(`${whole} `)) ? whole : "";
  since = event.timeStamp;
  if (!element) return;
  begun = "";
  event.preventDefault();
  if (!event.repeat) use(element);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keymap]")) openMap();
});
// Whoever asks for it is told what can be pressed on the page, under a dialog too.
document.addEventListener("opale:keys", (event) => {
  for (const element of declared(document)) {
    event.detail.push({ element, name: label(element), keys: shown(element.dataset.key), act: () => use(element) });
  }
  for (const element of document.querySelectorAll("[data-theme-choice] button")) {
    event.detail.push({ element, name: `${words.theme}: ${label(element)}`, keys: [], everywhere: true, act: () => use(element) });
  }
  // What is done to the thing of the page has its buttons in the head, with a key or without.
  for (const element of document.querySelectorAll(ACTS)) {
    if (element.dataset.key || !label(element)) continue;
    event.detail.push({ element, name: label(element), keys: [], act: () => use(element) });
  }
});
