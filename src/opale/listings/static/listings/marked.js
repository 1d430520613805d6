// Marks lines of a listing: one, a range with Shift, the whole page; the bar of acts says how many.

let last = null;

const marks = (listing) => [...listing.querySelectorAll("[data-mark]")];

function told(bar, count) {
  const words = bar.querySelector("[data-acts-count]");
  const text = (count === 1 ? words.dataset.one : words.dataset.many).replace("{count}", count);
  if (words.textContent !== text) words.textContent = text;
}

/** What is marked decides whether the acts are there, and how the box over all of them looks. */
function follow(listing) {
  const boxes = marks(listing);
  const count = boxes.filter((box) => box.checked).length;
  const bar = listing.querySelector("[data-acts]");
  const all = listing.querySelector("[data-mark-all]");
  if (all) {
    all.hidden = false;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  if (!bar) return;
  const matching = bar.querySelector("[data-mark-matching]");
  if (matching && count === 0) matching.checked = false;
  bar.hidden = count === 0;
  told(bar, count);
}

function mark(boxes, checked) {
  for (const box of boxes) box.checked = checked;
}

/** With Shift, all lines between the last one and this one become what this one is now. */
function range(listing, box) {
  const boxes = marks(listing);
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) mark(boxes.slice(from, to + 1), box.checked);
}

document.addEventListener("click", (event) => {
  const listing = event.target.closest("[data-listing]");
  if (!listing) return;
  if (event.target.matches("[data-mark]")) {
    if (event.shiftKey && last) range(listing, event.target);
    last = event.target;
  } else if (event.target.matches("[data-mark-all]")) {
    mark(marks(listing), event.target.checked);
  } else if (event.target.closest("[data-mark-none]")) {
    mark(marks(listing), false);
  } else {
    return;
  }
  follow(listing);
});

function followAll() {
  for (const listing of document.querySelectorAll("[data-listing]")) follow(listing);
}

// A region that was drawn again knows nothing of what is marked.
document.addEventListener("htmx:afterSettle", followAll);
followAll();
