// One composer with two modes at the foot of a ticket: a message to the customer, or an internal note.
// Each keeps its text and files; a dot says that something waits in the one that is not shown.

const OF = { public: ".o-write[data-public]", internal: ".o-write[data-internal]" };
const MODES = Object.keys(OF);

const formOf = (composer, mode) => composer.querySelector(OF[mode]);
const fieldOf = (composer, mode) => formOf(composer, mode).querySelector("textarea");
const typed = (composer, mode) => fieldOf(composer, mode).value.trim() !== "";
const begun = (composer, mode) => typed(composer, mode) || composer.querySelector(`[data-files-of="${mode}"] li`) !== null;
const writesIn = (composer, mode) => formOf(composer, mode).contains(document.activeElement);
const modeOf = (form) => MODES.find((mode) => form.matches(OF[mode]));

function choose(composer, mode) {
  composer.dataset.mode = mode;
  for (const button of composer.querySelectorAll("[data-mode-of]")) button.setAttribute("aria-pressed", String(button.dataset.modeOf === mode));
  for (const one of MODES) formOf(composer, one).hidden = one !== mode;
  mark(composer);
}

function mark(composer) {
  for (const button of composer.querySelectorAll("[data-mode-of]")) button.querySelector("[data-begun]").hidden = !begun(composer, button.dataset.modeOf);
}

/** A ticket that was drawn, or drawn anew, goes on in the mode in which one writes. */
function open() {
  for (const composer of document.querySelectorAll(".d-composer")) {
    if (!composer.querySelector(".d-modes").hidden) continue;
    composer.querySelector(".d-modes").hidden = false;
    const here = MODES.find((mode) => writesIn(composer, mode));
    choose(composer, here ?? (begun(composer, "internal") && !begun(composer, "public") ? "internal" : "public"));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-mode-of]");
  if (!button) return;
  const composer = button.closest(".d-composer");
  choose(composer, button.dataset.modeOf);
  fieldOf(composer, button.dataset.modeOf).focus();
});
document.addEventListener("input", (event) => {
  const composer = event.target.closest?.(".d-composer");
  if (!composer) return;
  mark(composer);
  // What was kept comes back into a box that is not shown: it is shown, unless one writes in the other or is about to.
  const form = event.target.closest(".o-write");
  const { mode } = composer.dataset;
  if (form?.hidden && event.target.value && !begun(composer, mode) && !writesIn(composer, mode)) choose(composer, modeOf(form));
});
// A draft that is taken over or recalled is shown before it is filled in, so that it can have the caret.
document.addEventListener("opale:draft", (event) => {
  const composer = document.querySelector(".d-composer");
  if (composer && MODES.includes(event.detail.kind)) choose(composer, event.detail.kind);
}, true);
document.addEventListener("opale:quoted", ({ target }) => {
  const composer = target.closest(".d-composer");
  if (composer) choose(composer, modeOf(target));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const composer = event.detail.elt.closest?.(".d-composer");
  // What was sent is taken out of its box by others who hear of it.
  if (composer) setTimeout(mark, 0, composer);
});
// The box of the hold opens with the caret in it, and is closed by itself or with the message that was sent.
const waits = (within) => within?.querySelector("[data-waits]");
document.addEventListener("htmx:afterSettle", (event) => event.target.matches?.("[data-waits]") && event.target.querySelector("input:not([type=hidden])")?.focus());
document.addEventListener("click", (event) => event.target.closest?.("[data-clears]") && waits(event.target.closest(".o-write")).replaceChildren());
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.requestConfig.verb === "post" && detail.elt.matches?.(".o-write")) waits(detail.elt)?.replaceChildren();
});
document.addEventListener("htmx:load", open);
document.addEventListener("htmx:afterSettle", open);
open();
