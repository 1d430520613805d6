// Files of an editor that names where they are sent (data-files): chosen, dropped on it or pasted, sent at once
// with their progress. A picture that is pasted or dropped is shown where the caret stands.

const editorOf = (target) => target.closest?.(".c-editor[data-files]");
const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function line(editor) {
  const made = document.createElement("p");
  editor.querySelector(".c-progress").append(made);
  return made;
}

function refuse(editor, file, words) {
  const said = line(editor);
  said.className = "o-error";
  said.textContent = `${file.name}: ${words}`;
}

const waitingOf = (editor) => document.getElementById(editor.dataset.waiting) ?? editor.querySelector(".c-waiting");
const picturesIn = (waiting) => [...waiting.querySelectorAll("[data-markdown]")].map((line) => line.dataset.markdown);

/** Show the files that wait now, and return what the new pictures among them are in a text. */
function draw(editor, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".c-waiting");
  if (!fresh) return [];
  const known = picturesIn(waitingOf(editor));
  waitingOf(editor).replaceWith(fresh);
  window.htmx.process(fresh);
  return picturesIn(fresh).filter((picture) => !known.includes(picture));
}

function place(editor, picture) {
  const field = editor.querySelector("textarea");
  const { selectionStart: from, selectionEnd: to, value } = field;
  const begins = from === 0 || value[from - 1] === "\n";
  field.setRangeText(`${begins ? "" : "\n"}${picture}\n`, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function send(editor, file, shown) {
  if (file.size > Number(editor.dataset.limit)) return refuse(editor, file, editor.dataset.large);
  const said = line(editor);
  const bar = document.createElement("progress");
  said.append(`${file.name} `, bar);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", editor.closest("form").elements.csrfmiddlewaretoken.value);
  body.set("file", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) Object.assign(bar, { max: event.total, value: event.loaded });
    });
    request.addEventListener("loadend", () => {
      said.remove();
      if (request.status === 200) {
        const pictures = draw(editor, request.responseText);
        if (shown) for (const picture of pictures) place(editor, picture);
      } else refuse(editor, file, request.status === 413 ? editor.dataset.large : editor.dataset.lost);
      resolve();
    });
    request.open("POST", editor.dataset.files);
    request.setRequestHeader("HX-Request", "true");
    request.send(body);
  });
}

async function attach(editor, files, shown = false) {
  for (const error of editor.querySelectorAll(".c-progress .o-error")) error.remove();
  // One after another: each answer shows all that wait.
  for (const file of files) await send(editor, file, shown);
}

document.addEventListener("change", (event) => {
  const editor = event.target.matches?.("input[type=file]") && editorOf(event.target);
  if (!editor) return;
  const files = [...event.target.files];
  event.target.value = "";
  attach(editor, files);
});
document.addEventListener("paste", (event) => {
  const editor = editorOf(event.target);
  const files = [...(event.clipboardData?.files ?? [])];
  if (!editor || !files.length) return;
  event.preventDefault();
  attach(editor, files, true);
});
document.addEventListener("dragover", (event) => {
  const editor = editorOf(event.target);
  for (const other of document.querySelectorAll(".c-editor[data-over]")) if (other !== editor) delete other.dataset.over;
  if (!editor || !carries(event)) return;
  event.preventDefault();
  editor.dataset.over = "";
});
document.addEventListener("dragleave", (event) => {
  const editor = editorOf(event.target);
  if (editor && !editor.contains(event.relatedTarget)) delete editor.dataset.over;
});
document.addEventListener("drop", (event) => {
  const editor = editorOf(event.target);
  if (!editor || !carries(event)) return;
  event.preventDefault();
  delete editor.dataset.over;
  attach(editor, [...event.dataTransfer.files], true);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-markdown] [data-place]");
  if (!button) return;
  const waiting = button.closest(".c-waiting");
  const all = [...document.querySelectorAll(".c-editor[data-files]")];
  const editor = all.find((one) => waitingOf(one) === waiting && one.checkVisibility());
  if (editor) place(editor, button.closest("[data-markdown]").dataset.markdown);
});
