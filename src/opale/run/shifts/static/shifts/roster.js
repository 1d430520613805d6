// The roster by the arrows: from one duty or gap to the next of the line, and to the nearest of another line.
const grid = () => document.querySelector("[data-roster]");
const stops = (row) => [...row.querySelectorAll("td a")];
const place = (link) => link.closest("td").cellIndex;

function nearest(row, column) {
  return stops(row).sort((a, b) => Math.abs(place(a) - column) - Math.abs(place(b) - column))[0];
}

function along(link, step) {
  const row = stops(link.closest("tr"));
  return row[row.indexOf(link) + step];
}

function across(link, step) {
  let row = link.closest("tr");
  do row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  while (row && !stops(row).length);
  return row && nearest(row, place(link));
}

document.addEventListener("keydown", (event) => {
  const link = event.target instanceof Element && event.target.closest("[data-roster] td a");
  if (!link || event.ctrlKey || event.altKey || event.metaKey || !grid()) return;
  const moves = {
    ArrowLeft: () => along(link, -1),
    ArrowRight: () => along(link, 1),
    ArrowUp: () => across(link, -1),
    ArrowDown: () => across(link, 1),
    Home: () => stops(link.closest("tr"))[0],
    End: () => stops(link.closest("tr")).at(-1),
  };
  const next = moves[event.key]?.();
  if (!next) return;
  event.preventDefault();
  next.focus();
});
