// Redraws a region in place: focus, scroll, drafts and what is open stay, rows that changed light up.
/* global htmx, Idiomorph */

const ROW = ".o-line[id], tr[id], .o-message[id]";
const MARK = "[data-list] > * > input[type=checkbox], [data-list] > tr > td > input[data-mark]";
const BESIDE = ".o-work [data-list] > *";
let steady = false;

/** What a row says, without what moves by itself. */
function spoken(row) {
  const copy = row.cloneNode(true);
  const hidden = row.dataset.owner !== document.body.dataset.person ? ", .o-own" : "";
  for (const unsaid of copy.querySelectorAll(`time, .o-clock${hidden}`)) unsaid.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function kept(node) {
  if (node.hasAttribute("data-keep")) return true;
  // What somebody types is his until he sends it.
  if (node.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")) {
    return node === document.activeElement || node.value !== node.defaultValue;
  }
  // A line that somebody marked stays marked.
  if (node.matches(MARK)) return node.checked !== node.defaultChecked;
  return false;
}

const REASON = "details.o-why[open] > [hx-get]";

/** Slots that are filled already, also by a form in use, stay so until their own answer comes. */
function filled(target, fresh) {
  const filling = target.querySelectorAll(":is([data-live], [data-keep])[hx-get][id]");
  const there = new Map([...filling].map((e) => [e.getAttribute("hx-get"), e]));
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
  // What was drawn in it stays, and is changed by who drew it (charts.js).
  if (node.dataset.chart && next.dataset.chart) {
    for (const name of ["data-chart", "aria-label"]) node.setAttribute(name, next.getAttribute(name));
    return false;
  }
  if (node instanceof HTMLDetailsElement && node.open) next.open = true;
  if (node.classList.contains("o-here")) next.classList.add("o-here");
  // Which line is open beside the list, the browser knows better than whoever drew the list.
  if (node.matches(BESIDE)) {
    if (node.classList.contains("o-held")) next.classList.add("o-held");
    if (node.hasAttribute("aria-current")) next.setAttribute("aria-current", "true");
    else next.removeAttribute("aria-current");
  }
  if (node.hasAttribute("tabindex") && node.matches(ROW)) next.setAttribute("tabindex", node.getAttribute("tabindex"));
  if (node.matches(ROW) && spoken(node) !== spoken(next)) next.classList.add("o-changed");
  return true;
}

function added(node) {
  if (node.nodeType === Node.ELEMENT_NODE && node.matches(ROW)) node.classList.add(steady ? "o-held" : "o-changed");
  return true;
}

/** The line that one is at stays, as no longer true, until one moves on. */
function removed(node) {
  if (node.nodeType !== Node.ELEMENT_NODE || !node.matches(BESIDE) || !node.matches(".o-here, [aria-current]")) return true;
  node.dataset.stale = "";
  return false;
}

/** Somebody works in this list: what comes waits to be shown, and nothing moves under the eye. */
function hold(target) {
  const scroller = target.closest(".o-work-list");
  const list = target.querySelector("[data-list]");
  if (!scroller || !list) return { settle() {}, busy: false };
  const lines = [...list.children];
  const edge = scroller.getBoundingClientRect().top;
  const eye = list.querySelector("[aria-current]") ?? list.querySelector(".o-here") ?? lines.find((line) => line.getBoundingClientRect().bottom > edge);
  const top = eye?.getBoundingClientRect().top;
  const place = lines.indexOf(eye);
  return {
    busy: scroller.scrollTop > 0 || Boolean(list.querySelector("[aria-current], .o-here")),
    settle() {
      if (eye?.isConnected && "stale" in eye.dataset && list.children[place] !== eye) {
        const focused = eye.contains(document.activeElement) ? document.activeElement : null;
        list.insertBefore(eye, list.children[place]);
        focused?.focus({ preventScroll: true });
      }
      if (eye?.isConnected) scroller.scrollTop += eye.getBoundingClientRect().top - top;
      tellHeld(scroller);
    },
  };
}

function tellHeld(scroller) {
  const bar = scroller.querySelector("[data-held]");
  if (!bar) return;
  const count = scroller.querySelectorAll(".o-held").length;
  bar.hidden = !count;
  if (count) bar.querySelector("[data-held-text]").textContent = (count === 1 ? bar.dataset.one : bar.dataset.many).replace("{count}", count);
}

/** htmx goes to what asks for it after each redraw: only where it is new, for one may be elsewhere by now. */
function ask(nodes, there) {
  for (const field of nodes.flatMap((node) => [...(node.querySelectorAll?.("[autofocus]") ?? [])])) {
    if (there.has(field)) field.removeAttribute("autofocus");
  }
}

htmx.defineExtension("opale-morph", {
  isInlineSwap: (style) => style === "morph:outerHTML" || style === "morph",
  handleSwap(style, target, fragment) {
    if (style !== "morph:outerHTML" && style !== "morph") return false;
    const scrolled = [...target.querySelectorAll("*")].filter((e) => e.scrollTop).map((e) => [e, e.scrollTop]);
    const fresh = fragment instanceof DocumentFragment ? [...fragment.children] : [fragment];
    const regions = filled(target, fresh);
    const there = new Set(target.querySelectorAll("input, textarea, select"));
    target.dispatchEvent(new CustomEvent("opale:drawing", { bubbles: true, detail: { fresh } }));
    const held = hold(target);
    steady = held.busy;
    const nodes = Idiomorph.morph(target, fresh, {
      morphStyle: "outerHTML",
      callbacks: { beforeNodeMorphed: before, beforeNodeAdded: added, beforeNodeRemoved: removed },
    });
    steady = false;
    for (const [element, top] of scrolled) element.scrollTop = top;
    held.settle();
    ask([...nodes], there);
    follow(target, regions);
    return nodes;
  },
});

document.addEventListener("animationend", (event) => {
  if (event.animationName === "o-changed") event.target.closest(".o-changed")?.classList.remove("o-changed");
});

document.addEventListener("click", (event) => {
  const bar = event.target.closest?.("[data-held]");
  if (!bar) return;
  const scroller = bar.closest(".o-work-list");
  const lines = scroller.querySelectorAll(".o-held");
  for (const line of lines) line.classList.replace("o-held", "o-changed");
  tellHeld(scroller);
  lines[0]?.scrollIntoView({ block: "nearest" });
});
