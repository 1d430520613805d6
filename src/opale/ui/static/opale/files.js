// Files of an editor that names where they are sent (data-files): chosen, dropped on it or pasted, sent at once
// with their progress.

const editorOf = (target) => target.closest?.(".c-editor[data-files]");
const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function line(form) {
  const made = document.createElement("p");
  form.querySelector(".c-progress").append(made);
  return made;
}

function refuse(form, file, words) {
  const said = line(form);
  said.className = "o-error";
  said.textContent = `${file.name}: ${words}`;
}

function draw(form, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".c-waiting");
  if (!fresh) return;
  form.querySelector(".c-waiting").replaceWith(fresh);
  window.htmx.process(fresh);
}

function send(form, file) {
  if (file.size > Number(form.dataset.limit)) return refuse(form, file, form.dataset.large);
  const said = line(form);
  const bar = document.createElement("progress");
  said.append(`${file.name} `, bar);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("file", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) Object.assign(bar, { max: event.total, value: event.loaded });
    });
    request.addEventListener("loadend", () => {
      said.remove();
      if (request.status === 200) draw(form, request.responseText);
      else refuse(form, file, request.status === 413 ? form.dataset.large : form.dataset.lost);
      resolve();
    });
    request.open("POST", form.dataset.files);
    request.setRequestHeader("HX-Request", "true");
    request.send(body);
  });
}

async function attach(form, files) {
  for (const error of form.querySelectorAll(".c-progress .o-error")) error.remove();
  // One after another: each answer shows all that wait.
  for (const file of files) await send(form, file);
}

document.addEventListener("change", (event) => {
  const form = event.target.matches?.("input[type=file]") && editorOf(event.target);
  if (!form) return;
  const files = [...event.target.files];
  event.target.value = "";
  attach(form, files);
});
document.addEventListener("paste", (event) => {
  const form = editorOf(event.target);
  const files = [...(event.clipboardData?.files ?? [])];
  if (!form || !files.length) return;
  event.preventDefault();
  attach(form, files);
});
document.addEventListener("dragover", (event) => {
  const form = editorOf(event.target);
  for (const other of document.querySelectorAll(".c-editor[data-over]")) if (other !== form) delete other.dataset.over;
  if (!form || !carries(event)) return;
  event.preventDefault();
  form.dataset.over = "";
});
document.addEventListener("dragleave", (event) => {
  const form = editorOf(event.target);
  if (form && !form.contains(event.relatedTarget)) delete form.dataset.over;
});
document.addEventListener("drop", (event) => {
  const form = editorOf(event.target);
  if (!form || !carries(event)) return;
  event.preventDefault();
  delete form.dataset.over;
  attach(form, [...event.dataTransfer.files]);
});
