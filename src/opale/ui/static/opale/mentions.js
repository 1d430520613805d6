// "@" and some letters of a name offer people in an editor that names where they are asked for (data-people);
// arrows and Enter choose one.

const BEGUN = /(?:^|[\s(])@([^\s@[\]()]*(?: [^\s@[\]()]+)?)$/;
const PAUSE = 120;
let timer = 0;
let asked = 0;

const writes = (target) => target.matches?.(".c-editor[data-people] textarea");
const editorOf = (field) => field.closest(".c-editor");
const listOf = (field) => editorOf(field).querySelector(".c-people");
const options = (list) => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];

function begun(field) {
  const match = BEGUN.exec(field.value.slice(0, field.selectionEnd));
  return match && { from: field.selectionEnd - match[1].length - 1, typed: match[1] };
}

function point(field, option) {
  for (const other of options(listOf(field))) other.setAttribute("aria-selected", String(other === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function close(field) {
  clearTimeout(timer);
  asked += 1;
  const list = listOf(field);
  if (list.hidden) return;
  list.hidden = true;
  list.replaceChildren();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

async function offer(field) {
  const search = begun(field);
  if (!search) return close(field);
  const mine = (asked += 1);
  const url = new URL(editorOf(field).dataset.people, location.href);
  url.searchParams.set("q", search.typed);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || mine !== asked || document.activeElement !== field) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (mine !== asked) return;
  const list = listOf(field);
  list.replaceChildren(...drawn.childNodes);
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  point(field, options(list)[0]);
}

function take(field, option) {
  const search = begun(field);
  close(field);
  if (!search || !option?.dataset.token) return;
  field.setRangeText(`${option.dataset.token} `, search.from, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

document.addEventListener("input", (event) => {
  if (!writes(event.target)) return;
  clearTimeout(timer);
  if (!begun(event.target)) return close(event.target);
  timer = setTimeout(offer, PAUSE, event.target);
});
document.addEventListener("keydown", (event) => {
  if (!writes(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target;
  const list = listOf(field);
  if (list.hidden) return;
  const all = options(list);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") close(field);
  else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(field, all[at]);
  else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
    point(field, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".c-people [role=option]");
  if (!option) return;
  event.preventDefault();
  take(editorOf(option).querySelector("textarea"), option);
});
document.addEventListener("focusout", (event) => writes(event.target) && close(event.target));
