// The pane beside a list (.o-work): what is open there, its links and forms, its address, the way back.
/* global htmx */

const PANE = "o-beside";
const NARROW = window.matchMedia("(max-width: 1023px)");
const KEPT = "opale-list";

const typed = new WeakSet();

const pane = () => document.getElementById(PANE);
const work = () => pane()?.closest(".o-work");
const lineOf = (element) => element?.closest?.(".o-work [data-list] > *");

/** The address of the list, without what is open in it. */
function list(open = "") {
  const here = new URL(location.href);
  if (open) here.searchParams.set("open", open);
  else here.searchParams.delete("open");
  return here.pathname + here.search;
}

/** The list that a page of one thing goes back to and moves in: that of this tab. */
function keep() {
  if (work()) sessionStorage.setItem(KEPT, list());
}

function show(url, { verb = "GET", source, values } = {}) {
  return htmx.ajax(verb, url, { target: pane(), swap: "innerHTML", source: source ?? pane(), values });
}

function current(line) {
  for (const old of work().querySelectorAll("[data-list] > [aria-current]")) old.removeAttribute("aria-current");
  line?.setAttribute("aria-current", "true");
  for (const gone of work().querySelectorAll("[data-list] > [data-stale]")) if (gone !== line) gone.remove();
}

function say(line) {
  const said = document.getElementById("o-beside-said");
  if (!said || !line) return;
  const all = [...line.parentElement.children];
  const text = [".o-number", ".o-title"].map((part) => line.querySelector(part)?.textContent.trim()).filter(Boolean).join(" ");
  said.textContent = said.dataset.pattern.replace("{what}", text).replace("{place}", all.indexOf(line) + 1).replace("{all}", all.length);
}

/** A field of the pane that somebody has typed into since it was opened, that was not sent and has no draft. */
function unsent() {
  return [...pane().querySelectorAll("input:not([data-draft]), textarea:not([data-draft])")].find((field) => typed.has(field) && field.value && field.value !== field.defaultValue);
}

function close() {
  const line = work().querySelector("[data-list] > [aria-current]");
  delete work().dataset.open;
  pane().replaceChildren();
  current(null);
  document.title = work().dataset.title ?? document.title;
  history.pushState({ htmx: true }, "", list());
  line?.focus({ preventScroll: true });
  line?.scrollIntoView({ block: "nearest" });
  document.dispatchEvent(new CustomEvent("opale:beside-closed"));
}

document.addEventListener("input", (event) => event.isTrusted && pane()?.contains(event.target) && typed.add(event.target));

// On a narrow screen there is no room beside: the line leads to the page itself.
document.addEventListener("htmx:confirm", (event) => {
  const line = lineOf(event.detail.elt);
  if (!line || event.detail.target?.id !== PANE || !NARROW.matches) return;
  event.preventDefault();
  location.assign(event.detail.elt.href);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== PANE) return;
  // Not meant to stand beside a list: it is shown as a page.
  if (/^\s*<!doctype/i.test(event.detail.xhr.responseText)) {
    event.detail.shouldSwap = false;
    location.assign(event.detail.xhr.responseURL);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target?.id !== PANE) return;
  const { pathname, search } = new URL(xhr.responseURL, location.href);
  pane().dataset.at = pathname + search;
  work().dataset.open = "";
  const line = lineOf(requestConfig.elt);
  if (line || !pane().dataset.of) pane().dataset.of = pathname;
  if (line) {
    pane().scrollTop = 0;
    current(line);
    say(line);
  }
});

document.addEventListener("htmx:responseError", (event) => {
  // A line that cannot be opened any more leaves nothing old beside the list.
  if (event.detail.target?.id === PANE && lineOf(event.detail.elt)) close();
});

// Of an act that leads elsewhere, the pane follows what belongs to the thing that is open.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, elt } = event.detail;
  if (!pane()?.contains(elt)) return;
  const where = xhr.getResponseHeader("HX-Redirect");
  const again = xhr.getResponseHeader("HX-Refresh") === "true";
  if (!again && !(where && new URL(where, location.href).pathname.startsWith(pane().dataset.of ?? "//"))) return;
  event.preventDefault();
  show(again ? pane().dataset.at : where);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (event.target.closest?.("[data-beside-close]")) return close();
  if (!link || !pane()?.contains(link) || event.defaultPrevented || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("download") || link.hasAttribute("hx-get")) return;
  if (link.dataset.panel === "beside" && window.matchMedia("(min-width: 768px)").matches) return;  // panel.js
  const to = new URL(link.href);
  if (to.hash || !pane().dataset.of || !to.pathname.startsWith(pane().dataset.of) || link.hasAttribute("data-whole")) return;
  event.preventDefault();
  show(to.pathname + to.search);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!pane()?.contains(form) || event.defaultPrevented || form.matches("[hx-post], [hx-get], [method=dialog]")) return;
  event.preventDefault();
  const { submitter } = event;
  const values = submitter?.name ? { [submitter.name]: submitter.value } : {};
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  show(action || pane().dataset.at, { verb: form.method.toUpperCase(), source: form, values });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || work()?.dataset.open === undefined) return;
  if (document.querySelector("dialog[open]") || event.target.closest?.("input:not([type=checkbox]), textarea, select, .o-menu[open]")) return;
  event.preventDefault();
  const written = unsent();
  // What is being written is not thrown away by a key that also leaves its field.
  if (written) return written.focus();
  close();
});

// What stands beside says so; a page of one thing asks for its neighbours in the list of this tab.
document.addEventListener("htmx:configRequest", (event) => {
  // A part that draws itself again is drawn as the rest of the pane is.
  if (pane()?.contains(event.detail.elt)) event.detail.headers["Opale-Beside"] = "1";
  if (event.detail.elt.hasAttribute("data-in-list")) event.detail.parameters.list = sessionStorage.getItem(KEPT) ?? "";
});
document.addEventListener("htmx:pushedIntoHistory", keep);
window.addEventListener("pagehide", keep);
keep();
if (pane()?.dataset.load) show(pane().dataset.load);
work()?.querySelector("[data-list] > [aria-current]")?.scrollIntoView({ block: "center" });
