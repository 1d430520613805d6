// The builder of a condition: its buttons, and the choice of a field or an operator, draw it anew in place. The
// server knows what each field can be compared with; without this script the same buttons submit the form.
/* global htmx */

const READ_AFTER = 300;
let timer = 0;
let last = Promise.resolve();

const builderOf = (element) => element.closest?.("[data-condition]");
const isRows = (builder) => builder.querySelector("[name$='-mode']").value === "rows";
const address = (form) => form.getAttribute("action") || location.pathname + location.search;
const fieldsOf = (builder) => [...builder.querySelectorAll("[name]:not([type=hidden], [type=submit], button)")];
const idOf = (field) => `${field.name} ${field.type === "checkbox" ? field.value : field.id}`;
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);

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

/** What was typed while the answer was on its way stays. */
function keep(fresh, sent, now) {
  for (const field of fieldsOf(fresh)) {
    const id = idOf(field);
    if (!now.has(id) || now.get(id) === sent.get(id)) continue;
    if (field.type === "checkbox") field.checked = now.get(id);
    else field.value = now.get(id);
    if (field.matches("[data-redraw]")) queue(fresh.id, "redraw");
  }
}

async function draw(id, asked, part) {
  const builder = document.getElementById(id);
  if (!builder) return;
  const form = builder.closest("form");
  const whole = part === id;
  const read = () => new Map(fieldsOf(builder).map((field) => [idOf(field), valueOf(field)]));
  const sent = read();
  let now = sent;
  let focused = null;
  const before = () => {
    now = read();
    focused = builder.contains(document.activeElement) ? document.activeElement : null;
  };
  const target = document.getElementById(part);
  target.addEventListener("htmx:beforeSwap", before, { once: true });
  await htmx.ajax("POST", address(form), {
    source: builder, target, select: `#${CSS.escape(part)}`, swap: "outerHTML",
    values: { [`${builder.dataset.condition}-do`]: asked },
  }).catch(() => {});
  target.removeEventListener("htmx:beforeSwap", before);
  const fresh = document.getElementById(id);
  if (!whole || !fresh || fresh === builder) return;
  keep(fresh, sent, now);
  if (fresh.dataset.said) say(fresh.dataset.said);
  const again = focused?.name && focused.type !== "submit" && fieldsOf(fresh).find((field) => idOf(field) === idOf(focused));
  const next = fresh.querySelector("[autofocus]") ?? (again || (focused ? fresh : null));
  next?.focus({ preventScroll: next === fresh });
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** One after another: each posts what the one before has drawn. */
function queue(id, asked, part = id) {
  last = last.then(() => draw(id, asked, part));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-condition] button[name$='-do']");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  button.focus();
  queue(builderOf(button).id, button.value);
}, true);

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const builder = builderOf(event.target);
    if (!builder || !isRows(builder)) return;
    // Another field or operator has other inputs; of several records, one more can be chosen.
    if (event.target.matches("[data-redraw]") || event.target.closest("[data-several]")) {
      if (kind === "change") queue(builder.id, "redraw");
      return;
    }
    // What is typed is read: in words, and as code.
    clearTimeout(timer);
    timer = setTimeout(() => queue(builder.id, "redraw", `${builder.id}-read`), READ_AFTER);
  });
}
