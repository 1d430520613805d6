// The panel: the form of an act opens beside the page that one works on (links with data-panel).
/* global htmx */

const panel = document.getElementById("o-panel");
const body = document.getElementById("o-panel-body");
const title = document.getElementById("o-panel-title");
const NARROW = window.matchMedia("(max-width: 767px)");

const words = JSON.parse(document.getElementById("o-words").textContent);
const isForm = (text) => /^\s*<form/i.test(text);
const form = () => body.querySelector("form");
const sending = new WeakSet();

/** Whether a field of the form has another value than it was drawn with. */
function isTypedIn(drawn) {
  return [...drawn.elements].some((field) => {
    if (field.type === "hidden" || field.type === "submit") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option, at) => option.selected !== option.defaultSelected && (field.multiple || at > 0));
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
}

let working = false;

/** Show anew, beside its list, what the panel was about: the list follows by itself. */
function showBeside(home) {
  forget();
  const line = [...document.querySelectorAll(".o-work [data-list] a.o-title")].find((link) => link.getAttribute("href") === home);
  if (line) return line.click();
  return htmx.ajax("GET", home, { target: "#o-beside", swap: "innerHTML" });
}

function open(link) {
  working = link.dataset.panel === "beside" && Boolean(link.closest(".o-work"));
  // What was typed before the panel was closed is still there; without that it may be out of date.
  if (body.dataset.url === link.href && form() && isTypedIn(form())) return panel.showModal();
  body.dataset.url = link.href;
  // While it is loaded, or if it cannot be, no form of another act is there.
  body.replaceChildren();
  return htmx.ajax("GET", link.href, { target: body, swap: "innerHTML", source: body })
    .catch(() => {});  // told by toasts.js
}

function forget() {
  delete body.dataset.url;
  body.replaceChildren();
  panel.close();
}

if (panel) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-panel]");
    if (!link || event.defaultPrevented || event.button || NARROW.matches) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || link.closest("dialog")) return;
    // What lies beside a list opens its forms there, unless the panel leaves it in sight.
    if (link.closest("#o-beside") && link.dataset.panel !== "beside") return;
    event.preventDefault();
    open(link);
  });

  panel.addEventListener("click", (event) => {
    const cancel = event.target.closest("a[data-key=escape]");
    if (!cancel) return;
    event.preventDefault();
    forget();
  });

  panel.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.matches("[hx-post], [hx-get], [method=dialog]")) return;
    event.preventDefault();
    const { submitter } = event;
    const source = event.target;
    if (sending.has(source)) return;
    sending.add(source);
    if (source.enctype === "multipart/form-data") source.setAttribute("hx-encoding", source.enctype);
    const values = submitter?.name ? { [submitter.name]: submitter.value } : {};
    const action = submitter?.getAttribute("formaction") ?? source.getAttribute("action");
    const sent = htmx.ajax("POST", action, { target: body, swap: "innerHTML", source, values });
    sent.catch(() => {}).finally(() => sending.delete(source));
  });

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    // Back to the page below: it is drawn anew where it was scrolled to.
    const { elt, xhr } = event.detail;
    if (xhr.status === 401 && (panel.contains(elt) || elt.matches(".o-changes"))) {
      // The login would take the place of what is typed; a preview is only left out.
      event.preventDefault();
      if (elt === body || elt.matches("form")) document.dispatchEvent(new CustomEvent("opale:toast", { detail: { text: words.ended, tone: "bad" } }));
      return;
    }
    const home = xhr.getResponseHeader("HX-Redirect");
    if (!panel.contains(elt) || !home) return;
    // It was done: until the page is left, it is not sent again.
    if (working) {
      event.preventDefault();
      return void showBeside(home);
    }
    body.inert = true;
    delete body.dataset.url;
    // A part of this very page: going there would not draw it anew.
    if (home.split("#")[0] !== location.pathname + location.search) return;
    event.preventDefault();
    if (home.includes("#")) history.replaceState(history.state, "", home);
    location.reload();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, requestConfig } = event.detail;
    if (target !== body || isForm(xhr.responseText)) return;
    // Not a form: the act was done, was refused, or its page is one of its own.
    event.detail.shouldSwap = false;
    if (xhr.status >= 400) return;
    if (requestConfig.verb === "get") location.assign(body.dataset.url);
    else forget();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== body) return;
    body.inert = false;
    title.textContent = form()?.dataset.title ?? "";
    if (!panel.open) panel.showModal();
    body.querySelector("[autofocus], input:not([type=hidden]), select, textarea")?.focus();
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.target === body && event.detail.requestConfig.verb === "get") location.assign(body.dataset.url);
  });
}
