// A passkey that was refused or left says so in the page instead of the console.

const words = JSON.parse(document.getElementById("o-words").textContent);

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("opale:toast", { detail: { text: words.passkey, tone: "bad" } }));
});
