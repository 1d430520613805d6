// The frame: the thin line while something loads, the CSRF header, menus and dialogs, the colour choice.

const root = document.documentElement;
let waiting = 0;

function busy(change) {
  waiting = Math.max(0, waiting + change);
  root.classList.toggle("o-busy", waiting > 0);
}

function cookie(name) {
  return document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

document.addEventListener("htmx:configRequest", (event) => {
  // The cookie is always fresh, a token drawn into the page may be older than the last login.
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = cookie("csrftoken");
});
// A region that redraws itself is nobody's wait.
const quiet = (event) => event.detail.requestConfig?.triggeringEvent?.type === "opale:changed";
document.addEventListener("htmx:beforeSend", (event) => quiet(event) || busy(1));
document.addEventListener("htmx:afterRequest", (event) => quiet(event) || busy(-1));

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.o-menu[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const inside = event.target.closest("details.o-menu");
  closeMenus(inside);
  if (inside && event.target.closest("a, button") && !event.target.closest("summary")) inside.open = false;
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  const closer = event.target.closest("dialog [data-close]");
  if (closer) closer.closest("dialog").close();
  // A click on the backdrop is a click on the dialog itself.
  if (event.target instanceof HTMLDialogElement) event.target.close();
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.o-menu");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (!menu.open || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const items = [...menu.querySelectorAll(":scope > div :is(a, button)")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = (items.indexOf(document.activeElement) + step + items.length) % items.length;
  items[next]?.focus();
  event.preventDefault();
}, true);

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-choice]")) return;
  const theme = event.submitter?.value ?? "";
  if (theme) root.dataset.bsTheme = theme;
  else delete root.dataset.bsTheme;
  event.preventDefault();
  for (const button of event.target.elements) button.ariaPressed = String(button.value === theme);
  const form = new URLSearchParams(new FormData(event.target));
  form.set("theme", theme);
  fetch(event.target.action, { method: "POST", body: form, redirect: "manual" });
  document.dispatchEvent(new CustomEvent("opale:theme"));
});

// Errors are read first, unless somebody types already.
const begun = document.activeElement;
if (!begun?.matches("input, textarea") || begun.value === begun.defaultValue) document.querySelector("[data-focus]")?.focus();
document.addEventListener("htmx:afterSettle", (event) => event.target.querySelector?.("[data-focus]")?.focus());

/** A drawing wider than its place begins with what it is about, not with its left end. */
function centre(part) {
  for (const here of part.querySelectorAll?.(".o-graph [data-here]") ?? []) {
    const place = here.closest(".o-table-wrap");
    const [box, shown] = [here.getBoundingClientRect(), place.getBoundingClientRect()];
    place.scrollLeft += box.left + box.width / 2 - shown.left - shown.width / 2;
  }
}

centre(document);
document.addEventListener("htmx:afterSettle", (event) => centre(event.target));
