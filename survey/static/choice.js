// Answers of which exactly one comes true: their total while typing, what is left, where to put it, and a bar each.

import { fill, saidPercent } from "./numbers.js";
import { drawShares, startShares } from "./shares.js";

/** How far the total may be from 100 at least, and the coarsest last place that is taken for rounding: the server's. */
const TOLERANCE = 0.25;
const COARSEST = 0.1;

export function startChoice(form, all) {
  const place = form.querySelector("[data-options]");
  const sum = place.querySelector(".p-sum");
  const rest = place.querySelector(".p-rest");
  startShares(all);
  sum.hidden = rest.hidden = false;
  const draw = () => {
    const left = drawTotal(sum, all);
    drawShares(all);
    rest.querySelector("button").disabled = left <= 0;
    offer(rest, all);
  };
  rest.querySelector("button").addEventListener("click", () => putRest(rest, all));
  rest.querySelector("select").addEventListener("input", (event) => { event.target.chosen = true; });
  // What the server said was of another sum.
  form.addEventListener("input", () => document.getElementById("sum-error")?.remove(), { once: true });
  form.addEventListener("input", draw);
  draw();
}

/** Say the total; returns what is left to 100. */
function drawTotal(sum, all) {
  const total = tidy(all.reduce((before, one) => before + (one.points ?? 0), 0));
  const left = tidy(100 - total);
  const { none, left: under, over, gap } = sum.dataset;
  const words = { total: saidPercent(total), rest: saidPercent(Math.abs(left)) };
  // Half of the last place for each answer: so much may go lost where each was rounded by itself.
  const right = Math.abs(left) <= tidy(Math.max(TOLERANCE, all.reduce((room, one) => room + lastPlace(one) / 2, 0)));
  const sentence = all.every((one) => one.empty) ? none
    : !right ? (left > 0 ? under : over)
    : all.some((one) => one.empty) ? gap : "{total}";
  const output = sum.querySelector("output");
  const said = fill(sentence, words);
  if (output.textContent !== said) output.textContent = said;
  sum.classList.toggle("p-complete", right && all.every((one) => one.points !== null));
  return left;
}

/** Until somebody has chosen, the first empty answer is offered. */
function offer(rest, all) {
  const select = rest.querySelector("select");
  const empty = all.find((one) => one.empty);
  if (empty && !select.chosen) select.value = empty.box.id;
}

/** What is left goes on top of what the chosen answer has; the cursor follows it. */
function putRest(rest, all) {
  const chosen = all.find((one) => one.box.id === rest.querySelector("select").value);
  const total = all.reduce((before, one) => before + (one.points ?? 0), 0);
  chosen.set(tidy(100 - total + (chosen.points ?? 0)));
  chosen.box.focus();
}

/** One in the last place that a number of percent was typed to; odds and one in n are not rounded. */
function lastPlace({ typed: { text, format } }) {
  if (format !== "percent" || !text.trim()) return 0;
  return Math.min(COARSEST, 10 ** -(/[.,٫](\d*)/.exec(text)?.[1].length ?? 0));
}

function tidy(points) {
  return Number(points.toFixed(4));
}
