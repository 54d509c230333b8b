// Draws every <figure data-chart> from the Vega-Lite specification beside it, as wide as its place.
// Colours of the light scheme become variables of the style sheet, so one picture serves both schemes.
// Where anything fails, the table beneath the picture opens.

const source = document.querySelector("script[data-vega]").dataset.vega;
/** Names of months in the page's language, for the axes. */
function timeLocale(language) {
  const names = (format, dates) => dates.map((day) => new Intl.DateTimeFormat(language, { ...format, timeZone: "UTC" }).format(day));
  const months = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2027, month, 15)));
  const days = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2027, 1, 7 + day)));
  return {
    dateTime: "%x, %X", date: "%Y-%m-%d", time: "%H:%M", periods: ["AM", "PM"],
    days: names({ weekday: "long" }, days), shortDays: names({ weekday: "short" }, days),
    months: names({ month: "long" }, months), shortMonths: names({ month: "short" }, months),
  };
}

/** How the page's language writes numbers, for the axes. */
function numberLocale(language) {
  const parts = new Intl.NumberFormat(language).formatToParts(12345.6);
  const sign = (type) => parts.find((part) => part.type === type)?.value ?? "";
  return { decimal: sign("decimal"), thousands: sign("group"), grouping: [3], currency: ["", ""] };
}

/** Put `var(--p-…)` where the specification has the colour of the light scheme. */
function followScheme(svg, tokens) {
  for (const part of svg.querySelectorAll("[fill], [stroke]")) {
    for (const attribute of ["fill", "stroke"]) {
      const token = tokens[part.getAttribute(attribute)?.toLowerCase()];
      if (token) part.setAttribute(attribute, `var(${token})`);
    }
  }
}

const language = document.documentElement.lang || "en";
const OPTIONS = {
  ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true },
  timeFormatLocale: timeLocale(language), formatLocale: numberLocale(language),
};

async function draw(figure) {
  const canvas = figure.querySelector(".p-canvas");
  const specification = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const place = document.createElement("div");
  const width = Math.floor(canvas.clientWidth);
  const height = width < 480 ? specification.usermeta.narrow : specification.height;
  const { view } = await window.vegaEmbed(place, { ...specification, width, height }, OPTIONS);
  followScheme(place, specification.usermeta.tokens);
  place.querySelector("svg").setAttribute("aria-hidden", "true"); // the canvas around it carries the words
  figure.view?.finalize();
  figure.view = view;
  figure.drawn = width;
  canvas.replaceChildren(place);
}

async function start(figures) {
  try {
    await import(source);
    await document.fonts.ready;
    for (const figure of figures) await draw(figure);
  } catch (error) {
    for (const table of document.querySelectorAll("[data-chart] .p-data")) table.open = true;
    throw error;
  }
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const figure = target.closest("[data-chart]");
      if (Math.floor(target.clientWidth) !== figure.drawn) draw(figure);
    }
  });
  for (const figure of figures) watch.observe(figure.querySelector(".p-canvas"));
}

function startNew() {
  const figures = [...document.querySelectorAll("[data-chart]")].filter((figure) => !figure.view);
  if (figures.length) start(figures);
}
startNew();
// A part of the page was put in the place of another.
document.addEventListener("parley:replaced", startNew);
