// Ctrl+K: pages, numbers and names, at first what was looked at last. Arrows choose, Enter opens.

const dialog = document.getElementById("o-palette");
const input = dialog?.querySelector("input");
const results = document.getElementById("o-results");
const words = JSON.parse(document.getElementById("o-words").textContent);
const VISITED = `opale:visited:${document.body.dataset.liveName ?? ""}`;
const KEPT = 8;

function visited() {
  try {
    return JSON.parse(localStorage.getItem(VISITED)) ?? [];
  } catch {
    return [];
  }
}

/** Pages of one thing carry [data-recent]: its name, and the address of its page. */
function remember(part) {
  const mark = part.matches?.("[data-recent]") ? part : part.querySelector?.("[data-recent]");
  if (!mark) return;
  const { recent: label, url } = mark.dataset;
  const kept = [{ label, url }, ...visited().filter((old) => old.url !== url)].slice(0, KEPT);
  localStorage.setItem(VISITED, JSON.stringify(kept));
}

function line({ label, url }, at) {
  const link = document.createElement("a");
  const text = document.createElement("span");
  text.textContent = label;
  Object.assign(link, { id: `o-recent-${at}`, role: "option", href: url, tabIndex: -1 });
  link.append(document.getElementById("o-recent-icon").content.cloneNode(true), text);
  return link;
}

function showVisited() {
  const here = visited().filter((one) => one.url !== location.pathname);
  if (!here.length) return;
  const heading = document.createElement("div");
  heading.setAttribute("role", "presentation");
  heading.textContent = words.recent;
  results.prepend(heading, ...here.map(line));
}

function options() {
  return [...results.querySelectorAll("[role=option]")];
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function open() {
  if (dialog.open) return input.select();
  input.value = "";
  dialog.showModal();
  window.htmx.trigger(input, "opale:open");
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-palette]");
    if (!asked || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(all[(at + step + all.length) % all.length]);
      event.preventDefault();
    } else if (event.key === "Escape") {
      // A field of search would only be emptied by the first one.
      event.preventDefault();
      dialog.close();
    } else if (event.key === "Enter" && all.length) {
      // The chosen line belongs to what was typed, not to an older answer.
      // A search of everything is the last resort, not what stands alone while more is looked for.
      event.preventDefault();
      const early = at < 1 && all[0].id.startsWith("o-option-last") && results.querySelector("[data-further]");
      if (results.dataset.asked === input.value.trim() && !early) all[Math.max(at, 0)].click();
      else results.dataset.go = "yes";
    }
  });
  results.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target === results) {
      results.dataset.asked = input.value.trim();
      if (!results.dataset.asked) showVisited();
    }
    const all = options();
    // What comes later moves nobody's choice, unless there was nothing better than the last resort.
    const chosen = all.find((one) => one.getAttribute("aria-selected") === "true");
    if (!chosen || chosen.id.startsWith("o-option-last")) choose(all[0]);
    if (!results.dataset.go || all[0]?.id.startsWith("o-option-last") && results.querySelector("[data-further]")) return;
    delete results.dataset.go;
    all[0]?.click();
  });
  remember(document);
  document.addEventListener("htmx:load", (event) => remember(event.detail.elt));
  dialog.addEventListener("close", () => delete results.dataset.go);
}
