// Live regions: an element with data-live="topic topic" fetches itself again when a topic changed.

const body = document.body;
const words = JSON.parse(document.getElementById("o-words").textContent);
const sign = document.getElementById("o-live");
const DEBOUNCE = 120;
const due = new Map();
const waiting = new Set();
const heard = [];
const PERSONAL = 5;
let port = null;
let calm = 0;
let state = "";
let since = 0;

function refetch(region) {
  due.delete(region);
  if (!region.isConnected) return;
  // Nobody looks: once, when somebody does.
  if (document.hidden) waiting.add(region);
  else region.dispatchEvent(new CustomEvent("opale:changed", { bubbles: false }));
}

/** A region of one's own figures is drawn for one browser alone: asked for the more seldom, the more browsers listen. */
function changed(region) {
  if (due.has(region)) return;
  const own = "livePersonal" in region.dataset ? calm * PERSONAL : 0;
  due.set(region, setTimeout(refetch, Math.max(Number(region.dataset.liveCalm) || DEBOUNCE, own), region));
}

/** Regions to draw again; one inside another is drawn by the outer one. */
function regions(concerned) {
  const found = [...document.querySelectorAll("[data-live]")].filter(concerned);
  return found.filter((one) => !found.some((other) => other !== one && other.contains(one)));
}

function hear(topics) {
  const said = new Set(topics);
  heard.push({ at: Date.now(), topics });
  while (heard.length > 50) heard.shift();
  regions((region) => region.dataset.live.split(/\s+/).some((topic) => said.has(topic))).forEach(changed);
  document.dispatchEvent(new CustomEvent("opale:topics", { detail: topics }));
}

function show() {
  if (!sign) return;
  const offline = !navigator.onLine;
  sign.dataset.state = offline ? "reconnecting" : state;
  const at = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(since);
  const text = state === "live" && !offline ? words.live : offline ? words.offline : words.reconnecting.replace("{time}", at);
  if (sign.textContent !== text) sign.textContent = text;
}

function receive({ data }) {
  if (data.kind === "state") {
    const was = state;
    ({ state, since } = data);
    // A blink is nobody's business; a lasting loss is said.
    if (state === "live") document.dispatchEvent(new CustomEvent("opale:live"));
    if (state === "live" || was === "") show();
    else setTimeout(show, 1500);
  } else if (data.kind === "change") {
    calm = data.calm ?? 0;
    hear(data.topics);
  } else if (data.kind === "reset") {
    regions(() => true).forEach(changed);
  } else if (data.kind === "ended" && location.pathname !== body.dataset.login) {
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${body.dataset.login}?next=${here}`);
  }
}

/** Where no shared worker exists (some phones), the page itself listens while it is looked at. */
function alone() {
  let source = null;
  let place = body.dataset.liveAfter ?? "";
  const open = () => {
    source?.close();
    source = new EventSource(`${body.dataset.liveUrl}?after=${encodeURIComponent(place)}`);
    source.onopen = () => receive({ data: { kind: "state", state: "live", since: Date.now() } });
    source.onerror = () => {
      receive({ data: { kind: "state", state: "reconnecting", since: Date.now() } });
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
    };
    for (const kind of ["change", "reset", "session-ended"]) {
      source.addEventListener(kind, (event) => {
        place = event.lastEventId || place;
        receive({ data: { kind: kind === "session-ended" ? "ended" : kind, ...JSON.parse(event.data || "{}") } });
      });
    }
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? source.close() : open()));
  open();
}

function together() {
  const worker = new SharedWorker(body.dataset.liveWorker, { name: `opale-live-${body.dataset.liveName}` });
  port = worker.port;
  port.onmessage = receive;
  const join = () => port.postMessage({ kind: "join", url: body.dataset.liveUrl, after: body.dataset.liveAfter ?? "" });
  join();
  window.addEventListener("pagehide", () => port.postMessage({ kind: "leave" }));
  // Back from the browser's own store of pages: old, so everything is drawn again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    join();
    regions(() => true).forEach(changed);
  });
}

if (body.dataset.liveUrl) {
  if ("SharedWorker" in window) together();
  else alone();
  window.addEventListener("online", () => {
    port?.postMessage({ kind: "again" });
    show();
  });
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const region of waiting) changed(region);
    waiting.clear();
  });
}

// What was told while the pane beside a list was being fetched may be missing in it.
const asked = new WeakMap();
document.addEventListener("htmx:beforeSend", (event) => asked.set(event.detail.xhr, Date.now()));
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target?.id !== "o-beside") return;
  const missed = new Set(heard.filter((one) => one.at >= asked.get(xhr)).flatMap((one) => one.topics));
  regions((region) => target.contains(region) && region.dataset.live.split(/\s+/).some((topic) => missed.has(topic))).forEach(changed);
});

// When what is on the screen of a region came of somebody's own act here.
const acted = new WeakMap();

// A refused move: what is on the screen around the button is no longer true.
document.addEventListener("opale:refresh", (event) => {
  const region = event.target.closest?.("[data-live]");
  if (!region) return;
  acted.set(region, Date.now());
  changed(region);
});

// A region that is drawn again because of a change may be given as it was drawn for others.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.triggeringEvent?.type === "opale:changed") detail.headers["Opale-Redrawn"] = "1";
});

// A redraw that was asked for before somebody's own act was answered may show what was before it:
// asked for again. One that was under way when a form was opened in its place comes too late.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (requestConfig.triggeringEvent?.type !== "opale:changed") {
    for (const region of document.querySelectorAll("[data-live]")) {
      if (requestConfig.verb !== "get" || region.contains(target) || target.contains(region)) acted.set(region, Date.now());
    }
  } else if (acted.get(target) >= asked.get(xhr)) {
    event.detail.shouldSwap = false;
    changed(target);
  } else if (target.matches("[data-keep]:not([data-live])")) event.detail.shouldSwap = false;
});
