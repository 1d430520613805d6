// The builder of a condition: its buttons, and the choice of a field or an operator, draw it anew in place. The
// server knows what each field can be compared with; without this script the same buttons submit the form.
/* global htmx */

const READ_AFTER = 300;
let timer = 0;

const builderOf = (element) => element.closest?.("[data-condition]");
const address = (form) => form.getAttribute("action") || location.pathname + location.search;

/** Tell screen readers what was done: what is drawn anew tells nothing. */
function say(text) {
  let told = document.getElementById("o-condition-said");
  if (!told) {
    told = Object.assign(document.createElement("div"), { id: "o-condition-said", className: "visually-hidden" });
    told.setAttribute("role", "status");
    document.body.append(told);
  }
  told.textContent = text;
}

async function draw(builder, asked, part = builder.id) {
  const form = builder.closest("form");
  const { name, type, value } = document.activeElement ?? {};
  await htmx.ajax("POST", address(form), {
    source: builder, target: `#${CSS.escape(part)}`, select: `#${CSS.escape(part)}`, swap: "outerHTML",
    values: { [`${builder.dataset.condition}-do`]: asked },
  }).catch(() => {});
  if (part !== builder.id) return;
  const fresh = document.getElementById(builder.id);
  if (!fresh) return;
  if (fresh.dataset.said) say(fresh.dataset.said);
  const again = [...fresh.querySelectorAll(`[name="${CSS.escape(name ?? "")}"]`)].find((field) => field.type !== "checkbox" || field.value === value);
  const next = fresh.querySelector("[autofocus]") ?? (type === "submit" ? null : again) ?? fresh;
  next.focus({ preventScroll: next === fresh });
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-condition] button[name$='-do']");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  button.focus();
  draw(builderOf(button), button.value);
}, true);

document.addEventListener("change", (event) => {
  const builder = builderOf(event.target);
  if (!builder || builder.querySelector("[name$='-mode']").value !== "rows") return;
  // The value of a record may be one of several: one more is offered.
  if (event.target.matches("[data-redraw]") || event.target.closest("[data-several]")) draw(builder, "redraw");
});

// What is typed is read: in words, and as code.
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const builder = builderOf(event.target);
    if (!builder || event.target.matches("[data-redraw]") || event.target.closest("[data-several]")) return;
    if (builder.querySelector("[name$='-mode']").value !== "rows") return;
    clearTimeout(timer);
    timer = setTimeout(() => builder.isConnected && draw(builder, "redraw", `${builder.id}-read`), READ_AFTER);
  });
}
