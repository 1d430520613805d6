// A field that searches: the recent choices first, then what the server finds.

const words = JSON.parse(document.getElementById("o-words").textContent);
const RECENT = 5;
const PAUSE = 140;

const storeKey = (picker) => `opale:recent:${document.body.dataset.liveName}:${picker.dataset.picker}`;

function recent(picker) {
  try {
    return JSON.parse(localStorage.getItem(storeKey(picker))) ?? [];
  } catch {
    return [];
  }
}

function remember(picker, chosen) {
  const kept = [chosen, ...recent(picker).filter((old) => old.value !== chosen.value)].slice(0, RECENT);
  localStorage.setItem(storeKey(picker), JSON.stringify(kept));
}

function parts(picker) {
  return { input: picker.querySelector("[role=combobox]"), hidden: picker.querySelector("[type=hidden]"), list: picker.querySelector("[role=listbox]") };
}

function heading(text) {
  const line = document.createElement("div");
  line.setAttribute("role", "presentation");
  line.textContent = text;
  return line;
}

function line(choice) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  Object.assign(option.dataset, { value: choice.value, label: choice.label });
  option.append(Object.assign(document.createElement("span"), { textContent: choice.label }));
  return option;
}

function show(picker, nodes) {
  const { input, list } = parts(picker);
  list.replaceChildren(...nodes);
  const options = [...list.querySelectorAll("[role=option]")];
  options.forEach((option, place) => { option.id = `${list.id}-${place}`; });
  if (!options.length) list.append(Object.assign(document.createElement("p"), { className: "o-picker-none", textContent: words.none }));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  point(picker, input.value.trim() ? options[0] : undefined);
}

function point(picker, option) {
  const { input, list } = parts(picker);
  for (const other of list.querySelectorAll("[role=option]")) other.setAttribute("aria-selected", String(other === option));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function close(picker) {
  const { input, list } = parts(picker);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function take(picker, option) {
  const { input, hidden } = parts(picker);
  const { value, label, everything } = option.dataset;
  if (everything !== undefined) {
    picker.dataset.everything = everything;
    return void search(picker);
  }
  hidden.value = value;
  input.value = label;
  picker.dataset.taken = label;
  remember(picker, { value, label });
  close(picker);
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

const asking = new WeakMap();

// What the form already names, by the fields that the picker looks at.
function named(picker) {
  const { form } = parts(picker).hidden;
  const names = picker.dataset.within?.split(" ") ?? [];
  return names.map((name) => [name, form?.querySelector(`[name="${name}"]`)?.value]).filter(([, value]) => value);
}

async function search(picker) {
  const { input } = parts(picker);
  const asked = input.value === picker.dataset.taken ? "" : input.value.trim();
  asking.get(picker)?.abort();
  const stop = new AbortController();
  asking.set(picker, stop);
  const url = new URL(picker.dataset.picker, location.href);
  for (const [name, value] of named(picker)) url.searchParams.set(name, value);
  const narrowed = url.search !== "";
  url.searchParams.set("q", asked);
  if (picker.dataset.everything) url.searchParams.set("everything", "1");
  const answer = await fetch(url, { signal: stop.signal, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || document.activeElement !== input) return;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  const old = asked || narrowed ? [] : recent(picker);
  show(picker, [...(old.length ? [heading(words.recent), ...old.map(line)] : []), ...(old.length && found.children.length ? [document.createElement("hr")] : []), ...found.children]);
}

let timer = 0;
const pickerOf = (event) => event.target.closest?.("[data-picker]");

document.addEventListener("input", (event) => {
  const picker = pickerOf(event);
  if (!picker) return;
  const { input, hidden } = parts(picker);
  hidden.value = "";
  if (!input.value) hidden.dispatchEvent(new Event("change", { bubbles: true }));
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE, picker);
});
document.addEventListener("focusin", (event) => {
  const picker = pickerOf(event);
  if (!picker) return;
  const { input, hidden } = parts(picker);
  if (hidden.value) picker.dataset.taken ??= input.value;
  input.select();
});
document.addEventListener("focusout", (event) => {
  const picker = pickerOf(event);
  if (!picker || picker.contains(event.relatedTarget)) return;
  close(picker);
  // Text that was never chosen is no choice.
  const { input, hidden } = parts(picker);
  if (!hidden.value) input.value = "";
});
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[data-picker] [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option.closest("[data-picker]"), option);
});
document.addEventListener("click", (event) => event.target.matches?.("[data-picker] [role=combobox]") && search(pickerOf(event)));
document.addEventListener("keydown", (event) => {
  const picker = pickerOf(event);
  if (!picker) return;
  const { list } = parts(picker);
  const options = [...list.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) return void search(picker);
    point(picker, options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
  } else if (event.key === "Enter" && !list.hidden) {
    event.preventDefault();
    if (options[at]) take(picker, options[at]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    close(picker);
  } else if (event.key === "Tab" && !list.hidden && options[at]) take(picker, options[at]);
}, true);
// Whoever types at once may begin before this script is there.
const first = document.activeElement?.closest?.("[data-picker]");
if (first && parts(first).input.value && !parts(first).hidden.value) search(first);
