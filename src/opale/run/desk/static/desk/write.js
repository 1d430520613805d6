// The box one writes in: ";" at the start of a line or "/" after a space offers texts; digits and Enter choose.

const BEGUN = /(?:(?:^|\n);|(?:^|\s)\/)([^\s;/]*)$/;
const LEFT_OPEN = /\{\{\s*\w+\s*\}\}/g;
const PAUSE = 90;
let timer = 0;
let asked = 0;

const boxOf = (field) => field.closest?.(".o-write");
const listOf = (field) => boxOf(field)?.querySelector("[data-offered]");
const options = (list) => [...list.querySelectorAll("[role=option]")];

function begun(field) {
  const match = BEGUN.exec(field.value.slice(0, field.selectionEnd));
  return match && { from: field.selectionEnd - match[1].length - 1, typed: match[1] };
}

function point(field, list, option) {
  for (const other of options(list)) other.setAttribute("aria-selected", String(other === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  option?.scrollIntoView({ block: "nearest" });
}

function close(field) {
  clearTimeout(timer);
  asked += 1;
  const list = listOf(field);
  if (!list || list.hidden) return;
  list.hidden = true;
  delete list.dataset.choose;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

async function offer(field) {
  const list = listOf(field);
  const search = begun(field);
  if (!list || !search) return close(field);
  const mine = (asked += 1);
  const url = new URL(list.dataset.offered, location.href);
  url.searchParams.set("q", search.typed);
  if (boxOf(field).matches("[data-internal]")) url.searchParams.set("internal", "1");
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || mine !== asked || document.activeElement !== field) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (mine !== asked) return;
  list.replaceChildren(...drawn.childNodes);
  list.dataset.asked = search.typed;
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  point(field, list, options(list)[0]);
  list.scrollIntoView({ block: "nearest" });
  // Chosen before the answer was there: nobody waits for a list.
  const chosen = list.dataset.choose;
  delete list.dataset.choose;
  if (chosen) take(field, options(list)[Number(chosen) - 1]);
}

/** Put a text where the caret is, over what called for it, and go on after it or in its first gap. */
function insert(field, text, from) {
  field.focus();
  field.setRangeText(text, from ?? field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const gap = field.value.match(LEFT_OPEN);
  if (!gap) return;
  const at = field.value.indexOf(gap[0]);
  field.setSelectionRange(at, at + gap[0].length);
}

function note(field, { module, promise }) {
  const box = boxOf(field);
  const used = box.querySelector("[name=modules]");
  if (module && used) used.value = [...new Set([...used.value.split(",").filter(Boolean), module])].join(",");
  const promised = box.querySelector("[name=next_update_at]");
  if (!promise || !promised || promised.value) return;
  promised.value = promise;
  promised.dispatchEvent(new Event("input", { bubbles: true }));
}

function take(field, option) {
  const search = begun(field);
  close(field);
  if (!option) return;
  insert(field, option.dataset.text, search?.from);
  note(field, option.dataset);
}

/** Variables without a value are named under the box; with them the server sends nothing. */
function tell(field) {
  const place = boxOf(field)?.querySelector("[data-left-open]");
  if (!place) return;
  const open = [...new Set(field.value.match(LEFT_OPEN) ?? [])];
  place.hidden = !open.length;
  place.querySelector("output").textContent = open.join(", ");
}

const writes = (target) => target.matches?.(".o-write textarea");

document.addEventListener("input", (event) => {
  if (!writes(event.target)) return;
  tell(event.target);
  clearTimeout(timer);
  const search = begun(event.target);
  if (!search) return close(event.target);
  if (search.typed) timer = setTimeout(offer, PAUSE, event.target);
  else offer(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("[data-add]") && event.key === "Enter") {
    event.preventDefault();
    return event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (!writes(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target;
  const list = listOf(field);
  const search = begun(field);
  if (!list || !search) return;
  const all = options(list);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const waits = list.hidden || list.dataset.asked !== search.typed;
  if (event.key === "Escape" && !list.hidden) {
    close(field);
    event.stopPropagation();
  } else if (event.key === "Enter" && (!list.hidden || search.typed === "") || (/^[1-9]$/.test(event.key) && search.typed === "")) {
    const place = event.key === "Enter" ? Math.max(at, 0) + 1 : Number(event.key);
    if (waits) list.dataset.choose = String(event.key === "Enter" ? 1 : place);
    else take(field, all[place - 1]);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length && !list.hidden) {
    point(field, list, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else return;
  event.preventDefault();
}, true);
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[data-offered] [role=option]");
  if (!option) return;
  event.preventDefault();
  take(boxOf(option).querySelector("textarea"), option);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-insert]");
  if (!button) return;
  const field = boxOf(button).querySelector("textarea");
  insert(field, button.dataset.insert);
  note(field, { promise: button.dataset.promise });
});
document.addEventListener("focusout", (event) => writes(event.target) && close(event.target));
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || event.detail.xhr.status >= 400 || event.detail.requestConfig.verb !== "post" || !event.detail.elt.matches?.(".o-write")) return;
  const used = event.detail.elt.querySelector("[name=modules]");
  if (used) used.value = "";
  // The field of the next promise is empty again, and so is the moment that it was read as.
  for (const read of event.detail.elt.querySelectorAll(".d-promise + output")) read.replaceChildren();
  event.detail.elt.querySelectorAll("textarea").forEach((field) => {
    tell(field);
    if (field !== document.activeElement) return;
    // Said: the keys are the list's again, or the page's.
    field.blur();
    document.querySelector("[data-list] > .o-here")?.focus({ preventScroll: true });
  });
  const addressed = event.detail.elt.querySelector("[data-recipients]");
  if (addressed) window.htmx.trigger(addressed, "opale:sent");
});
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.(".o-write textarea").forEach(tell));
