// The palette also offers what can be done on the page that it was opened on: whatever has a key there, by its name.
/* global htmx */
const dialog = document.getElementById("o-palette");
const input = dialog?.querySelector("input");
const results = document.getElementById("o-results");
const words = JSON.parse(document.getElementById("o-words").textContent);
const MOST = 6;
const BESIDES = ".o-rail, .o-top, dialog, [data-key=escape]";
let further = [];

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Names that begin with what was typed, then those with such a word. */
function distance(name, asked) {
  const said = plain(name);
  if (said.startsWith(asked)) return 0;
  return said.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(asked)) ? 1 : 2;
}

function here() {
  const found = [];
  document.dispatchEvent(new CustomEvent("opale:keys", { detail: found }));
  return found.filter(({ element, everywhere }) => everywhere || !element.closest(BESIDES));
}

/** [data-commands] names where further ones are listed: as links that are fetched into their target. */
async function fetchFurther() {
  further = [];
  const listed = [...document.querySelectorAll("[data-commands]")].filter((element) => element.checkVisibility());
  for (const element of listed) {
    const answer = await fetch(element.dataset.commands, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) continue;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const link of drawn.querySelectorAll("[data-key-label][hx-get]")) {
      const [url, target] = [link.getAttribute("hx-get"), link.getAttribute("hx-target")];
      further.push({ name: link.dataset.keyLabel, group: element.title, act: () => htmx.ajax("GET", url, { target, swap: "outerHTML" }) });
    }
  }
}

function option({ name, keys = [], group, act }, at) {
  const line = document.createElement("button");
  const text = document.createElement("span");
  text.textContent = name;
  Object.assign(line, { type: "button", id: `o-command-${at}`, tabIndex: -1 });
  line.setAttribute("role", "option");
  line.append(document.getElementById("o-command-icon").content.cloneNode(true), text);
  for (const part of keys) {
    const pressed = document.createElement("kbd");
    pressed.className = "o-key";
    pressed.textContent = part;
    line.append(pressed);
  }
  if (group) line.append(Object.assign(document.createElement("small"), { textContent: group }));
  line.addEventListener("click", () => {
    dialog.close();
    act();
  });
  return line;
}

/** Above what the server found, or below where its finds begin with what was typed and these do not. */
function offer({ target }) {
  // What is found later is below all this.
  if (target !== results) return;
  const asked = plain(input.value.trim());
  if (!asked) return;
  const near = [...here(), ...further].map((one) => [distance(one.name, asked), one]).filter(([far]) => far < 2);
  const found = near.sort(([one], [other]) => one - other).slice(0, MOST);
  if (!found.length) return;
  const heading = document.createElement("div");
  heading.setAttribute("role", "presentation");
  heading.textContent = words.here;
  const first = results.querySelector("[role=option] span")?.textContent ?? "";
  const below = found[0][0] > 0 && distance(first, asked) === 0;
  results.querySelector(".o-picker-none")?.remove();
  const lines = [heading, ...found.map(([, one], at) => option(one, at))];
  const later = results.querySelector("[data-further]");
  if (below && later) later.before(...lines);
  else results.prepend(...lines);
}

if (dialog) {
  input.addEventListener("opale:open", fetchFurther);
  // Before the palette chooses the first line.
  results.addEventListener("htmx:afterSwap", offer, true);
}
