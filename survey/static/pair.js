// A conditional pair: what its two branches say together, p·a + (1 − p)·b, with the reader's own chance of the condition.

import { fill, saidPercent } from "./numbers.js";
import { drawShares, startShares } from "./shares.js";

export function startPair(form, all) {
  const place = form.querySelector("[data-pair]");
  const implied = place.querySelector(".p-implied");
  const given = place.dataset.given === undefined ? null : Number(place.dataset.given);
  startShares(all);
  const draw = () => {
    drawShares(all);
    const [yes, no] = ["if_yes", "if_no"].map((key) => all.find((one) => one.row.dataset.option === key)?.points ?? null);
    implied.hidden = yes === null || no === null;
    if (!implied.hidden) (given === null ? drawSpan : drawTotal)(implied, yes, no, given);
  };
  form.addEventListener("input", draw);
  draw();
}

function drawTotal(implied, yes, no, given) {
  const parts = [(given * yes) / 100, ((100 - given) * no) / 100];
  const said = { given: saidPercent(given), rest: saidPercent(100 - given), yes: saidPercent(yes), no: saidPercent(no) };
  drawStack(implied, 0, parts);
  say(implied, fill(implied.dataset.total, { total: saidPercent(parts[0] + parts[1]) }), fill(implied.dataset.sum, said));
}

/** Without the reader's chance of the condition the total lies somewhere between the branches. */
function drawSpan(implied, yes, no) {
  const [low, high] = [Math.min(yes, no), Math.max(yes, no)];
  drawStack(implied, low, [high - low, 0]);
  say(implied, fill(implied.dataset.span, { low: saidPercent(low), high: saidPercent(high) }), implied.dataset.any);
}

function drawStack(implied, start, parts) {
  const stack = implied.querySelector(".p-stack");
  stack.style.setProperty("--p-from", `${start}%`);
  stack.replaceChildren(...parts.map(bar));
}

function bar(points) {
  const part = document.createElement("i");
  part.style.setProperty("inline-size", `${points}%`);
  return part;
}

function say(implied, strong, words) {
  implied.querySelector("output").replaceChildren(element("strong", strong), element("span", words));
}

function element(name, words) {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}
