// Keeps instants and countdowns fresh, in the reader's zone and language.

const words = JSON.parse(document.getElementById("o-words").textContent);
// The reader's own names of weekdays and zones where the page speaks the reader's language; English
// has several, of which Opale's are the European ones.
const spoken = document.documentElement.lang || "en";
const own = (navigator.languages ?? []).find((one) => one.startsWith(`${spoken}-`));
const language = spoken === "en" && (!own || own === "en-US") ? "en-GB" : own ?? spoken;
const MINUTE = 60e3, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const SOON = 15 * MINUTE;

// The server reads and writes times in the zone of the reader's account: one page, one zone.
const { zone } = document.documentElement.dataset;

/** A way to read an instant, in the reader's language and zone. */
function format(wanted, spelled = language) {
  try {
    return new Intl.DateTimeFormat(spelled, { ...wanted, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(spelled, wanted); // a zone that this browser does not know
  }
}

const months = words.months.split("|");
// Numbers alone: the order, the names and the signs between them are the server's (ui/formats).
const numbers = format({
  year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
}, "en-GB");
const surroundings = format({ weekday: "short", timeZoneName: "short" });

function parts(reader, at) {
  return Object.fromEntries(reader.formatToParts(at).map(({ type, value }) => [type, value]));
}

/** An instant as the server writes it: "09:00", "7 Jan", "7 Jan 2027", "7 Jan 2027, 09:00". */
function written(at, style) {
  const { year, month, day, hour, minute } = parts(numbers, at);
  const clock = `${hour}:${minute}`, dayOfMonth = `${Number(day)} ${months[month - 1]}`;
  if (style === "clock") return clock;
  if (style === "day") return dayOfMonth;
  return style === "date" ? `${dayOfMonth} ${year}` : `${dayOfMonth} ${year}, ${clock}`;
}

/** The same with its weekday and zone, where one points at it and where it is copied. */
function whole(at) {
  const { weekday, timeZoneName } = parts(surroundings, at);
  return `${weekday} ${written(at, "full")} ${timeZoneName}`;
}

/** "< 1 min", "42 min", "2 h 10", "3 d". */
export function span(length) {
  const minutes = Math.floor(length / MINUTE);
  if (minutes < 1) return `< 1 ${words.minute}`;
  if (minutes < 60) return `${minutes} ${words.minute}`;
  if (length >= DAY) return `${Math.floor(length / DAY)} ${words.day}`;
  const rest = minutes % 60;
  const hours = `${Math.floor(minutes / 60)} ${words.hour}`;
  return rest ? `${hours} ${String(rest).padStart(2, "0")}` : hours;
}

/** The day of an instant, with its year where that is another one. */
function dayOf(at, now) {
  return written(at, at.getFullYear() === now.getFullYear() ? "day" : "date");
}

/** How long is left; beyond a week the date, within a minute "now". */
function timeLeft(due, now) {
  if (due - now < MINUTE) return words.now;
  return due - now >= 7 * DAY ? dayOf(due, now) : span(due - now);
}

function relative(at, now, bare) {
  const away = at - now;
  if (Math.abs(away) >= 7 * DAY) return dayOf(at, now);
  if (Math.abs(away) < MINUTE) return words.now;
  const text = span(Math.abs(away));
  if (away > 0) return words.in.replace("{time}", text); // what is to come always says so
  return bare ? text : words.ago.replace("{time}", text);
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function drawTime(element, now) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.valueOf())) return;
  const style = element.dataset.time;
  if (!element.dataset.read) {
    element.title = whole(at);
    element.dataset.read = "yes";
  }
  if (style === "clock" || style === "full") say(element, written(at, style));
  else say(element, relative(at, now, style === "bare"));
}

function lateBy(length) {
  return length < MINUTE ? words.now : words.late.replace("{time}", span(length));
}

function drawClock(element, now) {
  const due = new Date(element.dataset.due);
  const left = due - now;
  const state = left < 0 ? "late" : left < SOON ? "soon" : "running";
  if (element.dataset.state !== state) element.dataset.state = state;
  say(element.querySelector(".o-clock-left > :last-child"), left < 0 ? lateBy(-left) : timeLeft(due, now));
  const started = new Date(element.dataset.started);
  const used = state === "late" ? 1000 : Math.min(1000, Math.max(0, Math.round((1000 * (now - started)) / (due - started))));
  if (!Number.isNaN(used)) element.querySelector("progress").value = used;
  if (!element.dataset.read) {
    element.title = whole(due);
    element.dataset.read = "yes";
  }
}

function draw(part) {
  const now = new Date();
  for (const element of part.querySelectorAll("time[data-time]")) drawTime(element, now);
  for (const element of part.querySelectorAll("[data-clock]")) drawClock(element, now);
}

draw(document);
setInterval(() => document.hidden || draw(document), 10e3);
document.addEventListener("visibilitychange", () => document.hidden || draw(document));
document.addEventListener("htmx:afterSwap", () => draw(document));

// Copied text carries the absolute time, since "8 min ago" is wrong a minute later.
document.addEventListener("copy", (event) => {
  const chosen = getSelection();
  if (!chosen.rangeCount || event.target.closest?.("input, textarea")) return;
  const part = chosen.getRangeAt(0).cloneContents();
  const times = part.querySelectorAll("time[data-time]");
  if (!times.length) return;
  for (const element of times) element.textContent = whole(new Date(element.dateTime));
  const lines = document.createElement("div");
  lines.append(part);
  for (const row of lines.querySelectorAll("tr, li, p, header, .o-line")) row.append("\n");
  event.clipboardData.setData("text/plain", lines.textContent.replace(/[ \t]+/g, " ").replace(/\n\s+/g, "\n").trim());
  event.preventDefault();
});
