// A box whose text is Markdown: its toolbar, Ctrl+B, Ctrl+I and Ctrl+K, the preview, and quotes of comments.

const fieldOf = (form) => form.querySelector("textarea");

function ready() {
  for (const form of document.querySelectorAll(".c-editor:not([data-ready])")) {
    form.dataset.ready = "";
    form.querySelector(".c-tools").hidden = false;
  }
  for (const button of document.querySelectorAll(".c-comment [data-quote][hidden]")) button.hidden = false;
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function wrap(field, mark) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const chosen = value.slice(from, to);
  const around = mark === "`" && chosen.includes("\n") ? ["```\n", "\n```"] : [mark, mark];
  field.setRangeText(around[0] + chosen + around[1], from, to, "end");
  field.setSelectionRange(from + around[0].length, from + around[0].length + chosen.length);
  changed(field);
}

function begin(field, mark) {
  const from = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const to = field.selectionEnd;
  const numbered = mark === "1. ";
  const lines = field.value.slice(from, to).split("\n").map((line, at) => (numbered ? `${at + 1}. ` : mark) + line);
  field.setRangeText(lines.join("\n"), from, to, "end");
  changed(field);
}

function link(field) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const words = value.slice(from, to);
  field.setRangeText(`[${words}](https://)`, from, to, "end");
  const at = words ? from + words.length + 3 : from + 1;
  field.setSelectionRange(at, words ? at + "https://".length : at);
  changed(field);
}

function quote(button) {
  const field = document.querySelector(".c-editor textarea");
  if (!field) return;
  show(field.form, false);
  const lines = button.dataset.quote.split("\n").map((line) => `> ${line}`).join("\n");
  const before = field.value.trimEnd();
  field.value = `${before}${before ? "\n\n" : ""}${lines}\n\n`;
  field.setSelectionRange(field.value.length, field.value.length);
  changed(field);
  field.scrollIntoView({ block: "center" });
}

async function draw(form) {
  const place = form.querySelector(".c-preview");
  const body = new FormData();
  body.set("text", fieldOf(form).value);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(form.dataset.preview, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return show(form, false);
  place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
}

function show(form, preview) {
  const place = form.querySelector(".c-preview");
  form.querySelector(".c-field").hidden = preview;
  place.hidden = !preview;
  form.querySelector("[data-show-preview]").setAttribute("aria-pressed", String(preview));
  if (preview) return draw(form);
  place.replaceChildren();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if ("quote" in button.dataset && button.closest(".c-comment")) return quote(button);
  const form = button.closest(".c-editor");
  if (!form) return;
  if ("wrap" in button.dataset) wrap(fieldOf(form), button.dataset.wrap);
  else if ("line" in button.dataset) begin(fieldOf(form), button.dataset.line);
  else if ("link" in button.dataset) link(fieldOf(form));
  else if ("showPreview" in button.dataset) show(form, form.querySelector(".c-preview").hidden);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const field = event.target;
  if (!field.matches?.(".c-editor textarea")) return;
  const key = event.key.toLowerCase();
  if (key === "b") wrap(field, "**");
  else if (key === "i") wrap(field, "*");
  else if (key === "k") link(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches?.(".c-editor") && detail.successful && detail.xhr.status < 400) show(detail.elt, false);
});
document.addEventListener("htmx:load", ready);
document.addEventListener("htmx:afterSettle", ready);
ready();
