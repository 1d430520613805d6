// Digits choose in a form whose groups say so (data-digits): each goes on to the next, then to its button.

const editable = "input:not([type=radio], [type=checkbox], [type=submit]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  if (event.target.closest?.(editable)) return;
  const place = document.querySelector("dialog[open]") ?? document;
  const form = event.target.closest?.("form:has([data-digits])") ?? place.querySelector("form:has([data-digits])");
  const groups = [...form?.querySelectorAll("[data-digits]") ?? []];
  if (!groups.length) return;
  const at = Math.max(0, groups.findIndex((group) => group.contains(document.activeElement)));
  const chosen = groups[at].querySelector(`[data-digit="${event.key}"]`);
  if (!chosen) return;
  event.preventDefault();
  chosen.checked = true;
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
  const next = groups[at + 1];
  (next?.querySelector("input:checked") ?? next?.querySelector("input") ?? form.querySelector("button.btn-primary"))?.focus();
}, true);
