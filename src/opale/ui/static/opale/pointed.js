// While the pointer is in a list, its lines stay where they are: what comes waits, what goes fades.

const LIST = "[data-list][data-steady]";
const POINTS = window.matchMedia("(hover: hover)");
const owed = new WeakSet();

const held = (line) => line.classList.contains("o-held");

/** The lines of the new list in the order of the old one; new ones are there, and not shown yet. */
function steadied(list, next) {
  const coming = new Map([...next.children].map((line) => [line.id, line]));
  const lines = [...list.children].filter((line) => coming.has(line.id) || !held(line));
  // What stood below all that is still there was pushed to the next page, and is no less true.
  const last = lines.findLastIndex((line) => coming.has(line.id) && !held(line));
  const full = coming.size >= lines.filter((line) => !held(line)).length;
  const staying = lines.map((line, place) => {
    const same = coming.get(line.id);
    coming.delete(line.id);
    if (same) {
      same.classList.toggle("o-held", held(line));
      return same;
    }
    const gone = line.cloneNode(true);
    if (place < last || !full) gone.dataset.stale = "";
    return gone;
  });
  for (const line of coming.values()) line.classList.add("o-held");
  return [...coming.values(), ...staying];
}

function tell(list) {
  const told = list.closest("[data-live]")?.querySelector("[data-waits]");
  if (!told) return;
  const count = list.querySelectorAll(".o-held").length;
  told.hidden = !count;
  told.textContent = (count === 1 ? told.dataset.one : told.dataset.many).replace("{count}", count);
}

document.addEventListener("opale:drawing", ({ target, detail }) => {
  const list = POINTS.matches && target.querySelector(`${LIST}:hover`);
  const next = list && detail.fresh.map((one) => one.querySelector(LIST)).find(Boolean);
  if (!next) return;
  next.replaceChildren(...steadied(list, next));
  owed.add(list);
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  for (const list of target.querySelectorAll?.(LIST) ?? []) tell(list);
});

document.addEventListener("pointerout", ({ target, relatedTarget }) => {
  const list = target.closest?.(LIST);
  if (!list || list.contains(relatedTarget) || !owed.delete(list)) return;
  list.closest("[data-live]")?.dispatchEvent(new CustomEvent("opale:changed", { bubbles: false }));
});
