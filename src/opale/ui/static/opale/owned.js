// Marks the rows of whoever looks: the server draws a list the same for all who hold the same rights.

const { person } = document.body.dataset;

function mark() {
  for (const row of document.querySelectorAll("[data-owner]")) row.toggleAttribute("data-mine", row.dataset.owner === person);
}

if (person) {
  mark();
  for (const kind of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(kind, mark);
}
