// A screen that nobody sits at says itself when what it shows is old, and shows the time.

const lost = document.getElementById("w-lost");
const language = document.documentElement.lang || "en";
const short = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { hour: "2-digit", minute: "2-digit" });
const SILENT = 8e3;
const DAY = 24 * 3600e3;
let heard = Date.now();
let gone = false;

function show() {
  const silent = Date.now() - heard > SILENT;
  lost.hidden = !silent && !gone;
  const text = gone ? lost.dataset.gone : lost.dataset.lost.replace("{time}", short.format(heard));
  if (!lost.hidden && lost.textContent !== text) lost.textContent = text;
  const clock = document.querySelector("[data-wall-clock]");
  const now = short.format(new Date());
  if (clock && clock.textContent !== now) clock.textContent = now;
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  const { status } = event.detail.xhr;
  if (event.detail.successful) heard = Date.now();
  gone = status === 404 || status === 403 || status === 401;
  show();
});
// What a fresh version of Opale draws differently is loaded once a day, when nothing is lost.
setTimeout(() => location.reload(), DAY);
setInterval(show, 1000);
