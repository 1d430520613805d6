// A field with data-when="source=imap auth=oauth2" is there while each of these choices is made. One name with
// several values ("kind=duty kind=team") is any of them, and "beside=" a box that is not ticked. A field with
// data-required-when is not optional then.

const DEPENDENT = "[data-when], [data-required-when]";

const chosen = (form, name) => {
  const field = form.elements[name];
  return field?.type === "checkbox" && !field.checked ? "" : field?.value;
};

function made(form, choices) {
  const wanted = new Map();
  for (const choice of choices.split(" ")) {
    const [name, value] = choice.split("=");
    wanted.set(name, [...wanted.get(name) ?? [], value]);
  }
  return [...wanted].every(([name, values]) => values.includes(chosen(form, name)));
}

function follow(form) {
  for (const field of form.querySelectorAll("[data-when]")) {
    const place = field.closest(".o-field");
    // A field that the form carries along unseen has no place.
    if (!place) continue;
    // What was refused is shown, whatever is chosen.
    place.hidden = !made(form, field.dataset.when) && !place.hasAttribute("data-bad");
  }
  for (const field of form.querySelectorAll("[data-required-when]")) {
    const wanted = made(form, field.dataset.requiredWhen);
    field.setAttribute("aria-required", String(wanted));
    const optional = field.closest(".o-field")?.querySelector(".o-optional");
    if (optional) optional.hidden = wanted;
  }
}

function followAll(part) {
  const forms = new Set([...part.querySelectorAll?.(DEPENDENT) ?? []].map((field) => field.form));
  for (const form of forms) if (form) follow(form);
}

followAll(document);
document.addEventListener("change", (event) => event.target.form?.querySelector(DEPENDENT) && follow(event.target.form));
document.addEventListener("htmx:load", (event) => followAll(event.target));
