// One event stream for all pages of a browser. Runs as a shared worker.

const ports = new Set();
const KEPT = 400;
const WAITS = [500, 1000, 2000, 5000, 10000, 20000];
const AWAKE = 5000;

let source = null;
let url = "";
let place = "";
let calm = 0;
let said = [];
let oldest = null;
let failures = 0;
let timer = 0;
let state = "";
let since = 0;
let beat = Date.now();

const transaction = (cursor) => BigInt(/^\d+/.exec(cursor ?? "")?.[0] ?? 0);

function tell(message, port) {
  for (const one of port ? [port] : ports) one.postMessage(message);
}

function become(next) {
  if (next === state) return;
  if (state === "live" || !since) since = Date.now();
  state = next;
  tell({ kind: "state", state, since });
}

function open() {
  clearTimeout(timer);
  source?.close();
  source = new EventSource(place ? `${url}?after=${encodeURIComponent(place)}` : url);
  source.onopen = () => {
    failures = 0;
    become("live");
  };
  source.addEventListener("change", (event) => {
    place = event.lastEventId || place;
    const { topics, calm: apart } = JSON.parse(event.data);
    calm = apart ?? 0;
    said.push({ place, topics });
    if (said.length > KEPT) {
      said = said.slice(-KEPT / 2);
      oldest = transaction(said[0].place);
    }
    tell({ kind: "change", topics, calm });
  });
  source.addEventListener("reset", (event) => {
    place = event.lastEventId || place;
    tell({ kind: "reset" });
  });
  source.addEventListener("session-ended", ended);
  source.onerror = () => {
    become("reconnecting");
    // The browser tries again by itself, unless the server answered with a refusal.
    if (source.readyState === EventSource.CLOSED) ask();
  };
}

function ended() {
  source?.close();
  source = null;
  clearTimeout(timer);
  become("ended");
  tell({ kind: "ended" });
}

/** Why was the stream refused? Without a session there is nothing to wait for. */
async function ask() {
  const stop = new AbortController();
  const refused = await fetch(url, { signal: stop.signal }).then((answer) => answer.status === 401, () => false);
  stop.abort();
  if (refused) return ended();
  timer = setTimeout(open, WAITS[Math.min(failures++, WAITS.length - 1)] * (0.75 + Math.random() / 2));
}

function join(port, message) {
  url = message.url;
  ports.add(port);
  if (!source) {
    place = message.after || place;
    oldest = transaction(message.after);
    open();
  } else if (message.after && oldest !== null && transaction(message.after) < oldest) {
    tell({ kind: "reset" }, port);
  } else {
    // What this page was drawn without, although the stream has told it already.
    const missed = said.filter((one) => transaction(one.place) >= transaction(message.after));
    if (missed.length) tell({ kind: "change", topics: missed.flatMap((one) => one.topics), calm }, port);
  }
  if (state) tell({ kind: "state", state, since }, port);
}

self.onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.kind === "join") join(port, data);
    else if (data.kind === "again" && source) open();
    else if (data.kind === "leave") {
      ports.delete(port);
      if (!ports.size) {
        source?.close();
        source = null;
        state = "";
      }
    }
  };
};

// After a sleep the connection may be dead without anybody having noticed.
setInterval(() => {
  const slept = Date.now() - beat > 6 * AWAKE;
  beat = Date.now();
  if (slept && source) open();
}, AWAKE);
