// The button that opens the browser's print dialog.

document.querySelector("[data-print]")?.addEventListener("click", () => print());
