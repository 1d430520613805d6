// J, K, arrows and Enter move through the lines of [data-list].

const NARROW = window.matchMedia("(max-width: 1023px)");

function lists() {
  return [...document.querySelectorAll("[data-list]")].filter((list) => list.checkVisibility());
}

function lines(list) {
  return [...list.children].filter((line) => line.checkVisibility() && line.querySelector("a, button"));
}

/** The list with the present line, else the first of the page. */
function present() {
  const here = document.querySelector("[data-list] > .o-here") ?? document.querySelector(".o-work [data-list] > [aria-current]");
  return { here, list: here?.parentElement ?? lists()[0] };
}

function mark(line) {
  for (const old of document.querySelectorAll(".o-here")) {
    old.classList.remove("o-here");
    old.removeAttribute("tabindex");
  }
  line.classList.add("o-here");
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function first(line) {
  return line.querySelector("a.o-title, .o-title a, a[href], button");
}

/** The list after or before this one, where both say that they belong together. */
function beyond(list, step) {
  const together = lists().filter((one) => one.dataset.list && one.dataset.list === list.dataset.list);
  return together[together.indexOf(list) + step] ?? document.createElement("ul");
}

function move(step) {
  const { here, list } = present();
  if (!list) return false;
  const all = lines(list);
  const at = here ? all.indexOf(here) : step > 0 ? -1 : all.length;
  // What one search found in several lists is walked through as one.
  const next = all[at + step] ?? lines(beyond(list, step)).at(step > 0 ? 0 : -1);
  if (!next) return all.length > 0;
  mark(next);
  if (next.closest(".o-work")) beside(next.querySelector("a.o-title, .o-title a"));
  return true;
}

// Beside an open thing, moving opens the next one: at once, and of many in a row the last.
const CALM = 150;
let opening = 0;
let opened = 0;

function beside(link) {
  if (!link?.hasAttribute("hx-get") || NARROW.matches) return;
  clearTimeout(opening);
  opening = setTimeout(() => {
    opened = Date.now();
    if (link.isConnected) link.click();
  }, Math.max(0, CALM - (Date.now() - opened)));
}

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown" && event.target.matches?.("[data-to-list]") && move(1)) event.preventDefault();
  if (document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select, [contenteditable], .o-menu[open], [role=listbox]")) return;
  const step = STEPS[event.key];
  const arrows = event.key.startsWith("Arrow");
  if (step && (!arrows || event.target.matches?.(".o-here"))) {
    if (move(step)) event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches?.(".o-here")) {
    const link = first(event.target);
    // Beside a list, what moves opens: Enter leads to the whole page.
    if (link?.hasAttribute("hx-get") && link.closest(".o-work")) location.assign(link.href);
    else link?.click();
    event.preventDefault();
  } else if (event.key.toLowerCase() === "x" && event.target.matches?.(".o-here")) {
    // With Shift, as with the mouse: all lines from the last one that was marked.
    const { shiftKey } = event;
    const box = event.target.querySelector("input[type=checkbox]");
    box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
  }
});

document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-list] > *");
  if (line && line.closest(".o-work") && event.target.closest("a")) mark(line);
});
