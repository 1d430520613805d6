// Redraws a region in place: focus, scroll, drafts and what is open stay, rows that changed light up.
/* global htmx, Idiomorph */

const ROW = ".o-line[id], tr[id], .o-message[id]";

/** What a row says, without what moves by itself. */
function spoken(row) {
  const copy = row.cloneNode(true);
  for (const moving of copy.querySelectorAll("time, .o-clock")) moving.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function kept(node) {
  if (node.hasAttribute("data-keep")) return true;
  // What somebody types is his until he sends it.
  if (node.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")) {
    return node === document.activeElement || node.value !== node.defaultValue;
  }
  return false;
}

const REASON = "details.o-why[open] > [hx-get]";

/** Slots that are filled already stay filled until their own answer comes; these are theirs. */
function filled(target, fresh) {
  const there = new Map([...target.querySelectorAll("[data-live][hx-get][id]")].map((e) => [e.getAttribute("hx-get"), e]));
  const found = [];
  for (const slot of fresh.flatMap((e) => [...e.querySelectorAll(".o-slot[hx-get]")])) {
    const region = there.get(slot.getAttribute("hx-get"));
    if (!region) continue;
    slot.replaceWith(region.cloneNode(true));
    found.push(region);
  }
  return found;
}

/** What was drawn around has changed: what was fetched into it is fetched again, in place. */
function follow(target, regions) {
  for (const region of regions) region.dispatchEvent(new CustomEvent("opale:changed", { bubbles: false }));
  for (const reason of target.querySelectorAll(REASON)) {
    htmx.ajax("GET", reason.getAttribute("hx-get"), { target: reason, swap: "innerHTML" });
  }
}

function before(node, next) {
  if (node.nodeType !== Node.ELEMENT_NODE || next.nodeType !== Node.ELEMENT_NODE) return true;
  if (kept(node) || node.matches(REASON)) return false;
  if (node instanceof HTMLDetailsElement && node.open) next.open = true;
  if (node.classList.contains("o-here")) next.classList.add("o-here");
  // Which line is open beside the list, the browser knows better than whoever drew the list.
  if (node.matches(".o-work [data-list] > *")) {
    if (node.hasAttribute("aria-current")) next.setAttribute("aria-current", "true");
    else next.removeAttribute("aria-current");
  }
  if (node.hasAttribute("tabindex") && node.matches(ROW)) next.setAttribute("tabindex", node.getAttribute("tabindex"));
  if (node.matches(ROW) && spoken(node) !== spoken(next)) next.classList.add("o-changed");
  return true;
}

function added(node) {
  if (node.nodeType === Node.ELEMENT_NODE && node.matches(ROW)) node.classList.add("o-changed");
  return true;
}

htmx.defineExtension("opale-morph", {
  isInlineSwap: (style) => style === "morph:outerHTML" || style === "morph",
  handleSwap(style, target, fragment) {
    if (style !== "morph:outerHTML" && style !== "morph") return false;
    const scrolled = [...target.querySelectorAll("*")].filter((e) => e.scrollTop).map((e) => [e, e.scrollTop]);
    const fresh = fragment instanceof DocumentFragment ? [...fragment.children] : [fragment];
    const regions = filled(target, fresh);
    const nodes = Idiomorph.morph(target, fresh, {
      morphStyle: "outerHTML",
      callbacks: { beforeNodeMorphed: before, beforeNodeAdded: added },
    });
    for (const [element, top] of scrolled) element.scrollTop = top;
    follow(target, regions);
    return nodes;
  },
});

document.addEventListener("animationend", (event) => {
  if (event.animationName === "o-changed") event.target.closest(".o-changed")?.classList.remove("o-changed");
});
