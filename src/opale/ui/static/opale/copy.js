// Copies what a button names; times in it are absolute, since a text is read later.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy.replace("{origin}", location.origin);
  const said = button.querySelector("[data-copied]") ?? button;
  const before = said.textContent;
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = button.dataset.done;
  } catch {
    // Without leave to write there, the text is shown to be copied by hand.
    prompt(button.dataset.failed, text);
  }
  setTimeout(() => { said.textContent = before; }, 2000);
});
