// A region that could not fetch itself says so in its place, and tries again: by a button, and by itself.
/* global htmx */

const WAITS = [2000, 5000, 10000, 20000];
const SERVER = 500;
const template = document.getElementById("o-failed-template");
const failed = new Map();

/** Whether the request was for what stands in the region itself, not for what somebody did. */
function itself({ elt, target, requestConfig }) {
  if (requestConfig?.verb !== "get" || elt !== target) return false;
  return elt.matches("[hx-trigger]") || (elt.matches("[data-load]") && !elt.querySelector("[data-live]"));
}

/** What stands there already stays; what is drawn again, or is a word in a line, says nothing. */
function say(region) {
  if (region.matches("[data-live], span, a") || region.querySelector(".o-failed")) return;
  const said = template.content.cloneNode(true);
  if (region.textContent.trim()) region.append(said);
  else region.replaceChildren(said);
}

function again(region) {
  const known = failed.get(region);
  if (!known) return;
  clearTimeout(known.timer);
  known.timer = 0;
  if (!region.isConnected) return failed.delete(region);
  if (region.getAttribute("hx-trigger")?.includes("opale:changed")) region.dispatchEvent(new CustomEvent("opale:changed", { bubbles: false }));
  else htmx.ajax("GET", known.url, { source: region, target: region, swap: known.swap }).catch(() => {});  // told by fail
}

function fail(event) {
  const { target: region, requestConfig, xhr } = event.detail;
  if (!itself(event.detail) || (xhr?.status && xhr.status < SERVER)) return;
  event.detail.inPlace = true;
  const tries = failed.get(region)?.tries ?? 0;
  clearTimeout(failed.get(region)?.timer);
  const wait = WAITS[Math.min(tries, WAITS.length - 1)] * (0.75 + Math.random() / 2);
  const swap = region.getAttribute("hx-swap") ?? "innerHTML";
  failed.set(region, { tries: tries + 1, url: requestConfig.path, swap, timer: setTimeout(again, wait, region) });
  say(region);
}

function back() {
  for (const region of [...failed.keys()]) again(region);
}

for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(kind, fail);
document.addEventListener("htmx:afterRequest", (event) => {
  const known = event.detail.successful && failed.get(event.detail.target);
  if (!known) return;
  clearTimeout(known.timer);
  failed.delete(event.detail.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-again]");
  if (button) again(button.closest(".o-failed").parentElement);
});
window.addEventListener("online", back);
document.addEventListener("opale:live", back);

// What is for browsers without scripts is left out of what is swapped in: where a fragment is parsed it would be
// drawn, and its first button would be the one that Enter presses.
document.addEventListener("htmx:beforeSwap", (event) => {
  event.detail.serverResponse = event.detail.serverResponse.replace(/<noscript>.*?<\/noscript>/gs, "");
});
