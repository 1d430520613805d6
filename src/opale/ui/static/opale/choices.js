// A field with data-when="source=imap auth=oauth2" is there while each of these choices is made.

function follow(form) {
  for (const field of form.querySelectorAll("[data-when]")) {
    const place = field.closest(".o-field");
    const wanted = field.dataset.when.split(" ").every((choice) => {
      const [name, value] = choice.split("=");
      return form.elements[name]?.value === value;
    });
    // What was refused is shown, whatever is chosen.
    place.hidden = !wanted && !place.hasAttribute("data-bad");
  }
}

function followAll(part) {
  const forms = new Set([...part.querySelectorAll?.("[data-when]") ?? []].map((field) => field.form));
  for (const form of forms) if (form) follow(form);
}

followAll(document);
document.addEventListener("change", (event) => event.target.form?.querySelector("[data-when]") && follow(event.target.form));
document.addEventListener("htmx:load", (event) => followAll(event.target));
