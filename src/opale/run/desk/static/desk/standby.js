// An outbox: what is pressed without a connection is kept, said, and sent once when there is one.

const box = document.getElementById("s-outbox");
const key = `opale-outbox:${box.dataset.actor}`;
const language = document.documentElement.lang === "fr" ? "fr" : "en-GB";
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const PATIENCE = 15e3;
let wait = 2e3;
let timer = 0;
let busy = false;

const kept = () => JSON.parse(localStorage.getItem(key) ?? "[]");

function keep(entries) {
  localStorage.setItem(key, JSON.stringify(entries));
  draw(entries);
}

function change(id, what) {
  keep(kept().flatMap((entry) => (entry.id === id ? (what ? [{ ...entry, ...what }] : []) : [entry])));
}

function button(text, press) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn", textContent: text });
  made.addEventListener("click", press);
  return made;
}

function draw(entries) {
  box.hidden = entries.length === 0;
  box.replaceChildren();
  const waiting = entries.some((entry) => !entry.refused);
  const list = document.createElement("ul");
  for (const entry of entries) {
    const line = document.createElement("li");
    const said = document.createElement("span");
    const state = entry.refused ? `${box.dataset.refused}: ${entry.refused}` : box.dataset.waiting;
    said.textContent = `${entry.label} (${clock.format(new Date(entry.at))}) · ${state}`;
    line.append(said);
    if (entry.refused) line.append(button(box.dataset.drop, () => change(entry.id, null)));
    list.append(line);
  }
  box.append(list);
  if (!waiting) return;
  const note = document.createElement("p");
  note.textContent = box.dataset.again;
  box.append(note, button(box.dataset.try, () => flush()));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, 60e3);
}

async function send(entry) {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
  // The key makes it once, however often it is tried: also when only the answer was lost.
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "Idempotency-Key": entry.id };
  const answer = await fetch(entry.url, { method: "POST", headers, body: JSON.stringify(entry.body), signal: AbortSignal.timeout(PATIENCE) });
  if (answer.ok) return change(entry.id, null);
  if (answer.status >= 500 || [401, 408, 429].includes(answer.status)) throw new Error(String(answer.status));
  const problem = await answer.json().catch(() => ({}));
  change(entry.id, { refused: problem.detail ?? String(answer.status) });
}

async function flush() {
  if (busy) return;
  busy = true;
  try {
    for (const entry of kept().filter((one) => !one.refused)) await send(entry);
    wait = 2e3;
    // Also without the live stream, the page shows what was done.
    for (const region of document.querySelectorAll("[data-live]")) region.dispatchEvent(new CustomEvent("opale:changed", { bubbles: false }));
  } catch {
    later();
  } finally {
    busy = false;
  }
}

function put(url, body, label) {
  keep([...kept(), { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, url, body, label, at: Date.now() }]);
  flush();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const part = document.getElementById(opener.dataset.opens);
    part.open = !part.open;
    if (part.open) part.querySelector("textarea").focus();
  }
  const pressed = event.target.closest("[data-send]");
  if (!pressed || pressed.disabled) return;
  pressed.disabled = true;
  setTimeout(() => { pressed.disabled = false; }, 3000);
  const body = JSON.parse(pressed.dataset.body ?? "{}");
  // The moment of pressing is the one that counts, not that of sending.
  if (pressed.dataset.moment) body[pressed.dataset.moment] = new Date().toISOString();
  put(pressed.dataset.send, body, pressed.dataset.label);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-send-form]");
  if (!form) return;
  event.preventDefault();
  const text = form.elements.body;
  if (!text.value.trim()) return;
  put(form.dataset.sendForm, { body: text.value }, form.dataset.label);
  text.value = "";
  text.dispatchEvent(new Event("input", { bubbles: true }));
  form.closest("details").open = false;
});

addEventListener("online", flush);
draw(kept());
flush();
