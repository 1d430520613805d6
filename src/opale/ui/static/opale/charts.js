// Charts: drawn by ECharts in the colours of the theme, loaded only where a page has one.

const ROLES = { accent: "--o-accent", quiet: "--o-ink-3", critical: "--o-critical", major: "--o-major", minor: "--o-minor", warning: "--o-warning", info: "--o-info", clear: "--o-clear" };
const drawn = new Map();
let library = null;

/** The colour that a variable means now, in a form that a canvas understands. */
function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  probe.style.color = `var(${name})`;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  probe.remove();
  return `rgb(${red}, ${green}, ${blue})`;
}

function load() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.vendor;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

function series(one, chart) {
  const paint = colour(ROLES[one.role] ?? "--o-accent");
  return {
    id: one.name, name: one.name, data: one.values, type: one.shape === "bar" ? "bar" : "line", stack: chart.stacked ? "all" : undefined,
    itemStyle: { color: paint, borderRadius: one.shape === "bar" ? [2, 2, 0, 0] : 0 }, lineStyle: { color: paint, width: 1.75 }, barMaxWidth: 22,
    areaStyle: one.shape === "area" ? { color: paint, opacity: 0.14 } : undefined, symbol: "none", smooth: false,
    // A word at its line is read faster than a legend.
    labelLayout: { moveOverlap: "shiftY" },
    endLabel: chart.series.length > 1 && one.shape !== "bar" ? { show: true, distance: 20, formatter: "{a}", color: paint, fontFamily: "Inter Variable", fontSize: 12 } : undefined,
  };
}

const FEW = 8;

const LETTER = 6.2;

/** A few steps are all named, in two lines where one is too short for a name. */
function names(text, steps, width) {
  const room = Math.floor((width - 44) / steps.length) - 2;
  const long = steps.length <= FEW && steps.some((step) => step.length * LETTER > room);
  const label = steps.length > FEW ? text : { ...text, interval: 0, width: room, overflow: "break", lineHeight: 13 };
  return { label, bottom: long ? 18 : 4 };
}

function options(chart, width) {
  const ink = colour("--o-ink-3");
  const line = colour("--o-line");
  const text = { color: ink, fontFamily: "Inter Variable", fontSize: 11 };
  const named = names(text, chart.steps, width);
  const bars = chart.series.filter((one) => one.shape === "bar").length;
  return {
    // Nothing grows out of the ground when a page opens or somebody types: what changed moves.
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches, animationDuration: 0, animationDurationUpdate: 250, textStyle: text,
    grid: { left: 4, right: chart.series.length > bars && chart.series.length > 1 ? 72 : 8, top: bars > 1 ? 28 : 12, bottom: named.bottom, containLabel: true },
    legend: bars > 1 ? { show: true, top: 0, left: 0, icon: "circle", itemWidth: 8, itemHeight: 8, textStyle: text } : undefined,
    xAxis: { type: "category", data: chart.steps, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: named.label },
    yAxis: { type: "value", splitNumber: 3, minInterval: 1, scale: chart.scaled, splitLine: { lineStyle: { color: line } }, axisLabel: text },
    // The other way of drawing a tooltip writes style attributes, which the policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("--o-raised"), borderColor: line, textStyle: { ...text, color: colour("--o-ink"), fontSize: 12 } },
    series: chart.series.map((one) => series(one, chart)),
  };
}

async function draw(place) {
  if (drawn.has(place)) return renew(place);
  drawn.set(place, null);
  const echarts = await load();
  // Its region may have been drawn anew while the library was fetched.
  if (!place.isConnected) return drawn.delete(place);
  const told = place.dataset.chart;
  const one = { instance: echarts.init(place, null, { renderer: "svg" }), chart: JSON.parse(told), told };
  one.instance.setOption(options(one.chart, place.clientWidth));
  new ResizeObserver(() => {
    one.instance.resize();
    const { grid, xAxis } = options(one.chart, place.clientWidth);
    one.instance.setOption({ grid, xAxis });
  }).observe(place);
  drawn.set(place, one);
}

/** Its region was drawn again around it (morph.js leaves what stands in it): with other figures, perhaps. */
function renew(place) {
  const one = drawn.get(place);
  const told = place.dataset.chart;
  if (!one || told === one.told) return;
  Object.assign(one, { told, chart: JSON.parse(told) });
  one.instance.setOption(options(one.chart, place.clientWidth), { replaceMerge: ["series"] });
}

function drawAll(part) {
  for (const place of part.querySelectorAll?.("[data-chart]") ?? []) draw(place);
}

function again() {
  for (const [place, one] of drawn) {
    if (!place.isConnected) drawn.delete(place);
    else if (one) one.instance.setOption(options(one.chart, place.clientWidth));
  }
}

drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(event.target));
document.addEventListener("opale:theme", again);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
