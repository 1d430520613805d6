// A box whose text is Markdown: its toolbar, Ctrl+B, Ctrl+I and Ctrl+K, the preview, and quotes of comments.

// The editor is a form, or a field of one.
const fieldOf = (editor) => editor.querySelector("textarea");
const tokenOf = (editor) => editor.closest("form").elements.csrfmiddlewaretoken.value;

function ready() {
  for (const editor of document.querySelectorAll(".c-editor:not([data-ready])")) {
    editor.dataset.ready = "";
    for (const part of editor.querySelectorAll(".c-tools, .c-choose")) part.hidden = false;
    if (!editor.querySelector(".c-preview").hidden) show(editor, true);
  }
  for (const button of document.querySelectorAll("[data-quote-into][hidden]")) button.hidden = !boxOf(button);
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

const boxOf = (button) => document.querySelector(button.dataset.quoteInto);
// Who is quoted as mentioned was told already.
const MENTION = /@\[((?:\\.|[^\]\\])*)\]\(person:\d+\)/g;

async function wordsOf(button) {
  if (!button.dataset.quoteFrom) return button.dataset.quote;
  const answer = await fetch(button.dataset.quoteFrom).catch(() => null);
  return answer?.ok && !answer.redirected ? answer.text() : "";
}

async function quote(button) {
  const words = (await wordsOf(button)).trim().replace(MENTION, "@$1");
  const editor = boxOf(button);
  if (!words || !editor) return;
  const field = fieldOf(editor);
  show(editor, false);
  editor.dispatchEvent(new CustomEvent("opale:quoted", { bubbles: true }));
  const lines = words.split(/\r?\n/).map((line) => `> ${line}`.trimEnd()).join("\n");
  const before = field.value.trimEnd();
  field.value = `${before}${before ? "\n\n" : ""}${lines}\n\n`;
  field.setSelectionRange(field.value.length, field.value.length);
  changed(field);
  field.scrollIntoView({ block: "center" });
}

async function draw(editor) {
  const place = editor.querySelector(".c-preview");
  const body = new FormData();
  body.set("text", fieldOf(editor).value);
  body.set("csrfmiddlewaretoken", tokenOf(editor));
  const answer = await fetch(editor.dataset.preview, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return show(editor, false);
  place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
}

function show(editor, preview) {
  const place = editor.querySelector(".c-preview");
  // What was sent may have been drawn anew without its editor.
  if (!place) return;
  editor.querySelector(".c-field").hidden = preview;
  place.hidden = !preview;
  editor.querySelector("[data-show-preview]").setAttribute("aria-pressed", String(preview));
  if (preview) return draw(editor);
  place.replaceChildren();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if ("quoteInto" in button.dataset) return quote(button);
  const editor = button.closest(".c-editor");
  if (!editor) return;
  if ("wrap" in button.dataset) wrap(fieldOf(editor), button.dataset.wrap);
  else if ("line" in button.dataset) begin(fieldOf(editor), button.dataset.line);
  else if ("link" in button.dataset) link(fieldOf(editor));
  else if ("showPreview" in button.dataset) show(editor, editor.querySelector(".c-preview").hidden);
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
