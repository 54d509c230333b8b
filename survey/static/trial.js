// What-if: an event set to another chance moves the whole joint (Jeffrey's rule; several: iterative proportional
// fitting), as survey/aggregation/scenarios.py computes it. Nothing is sent; the address keeps the setting.
import { fill, inPoints, readChance, saidNumber, saidPercent } from "./numbers.js";
import { KEYS, putThumb, ticks } from "./slider.js";
import { chanceAt, place, stepped } from "./steps.js";

/** Less than this is no move, as in survey/presenters/scenario_views.py. */
const STAYS = 0.005;
const SWEEPS = 1000;
const PAUSE = 200;
/** Events may be set to what is sure, too. */
const WHOLE = { lowest: 0, highest: 100 };

for (const section of document.querySelectorAll("[data-trial]")) start(section);

function start(section) {
  const { axes, leaves, named } = JSON.parse(section.querySelector("script").textContent);
  const form = section.querySelector("form");
  const result = section.querySelector("[data-result]");
  const problem = section.querySelector("[data-problem]");
  const now = leaves.map((leaf) => leaf.chance);
  const bar = section.querySelector(".p-bars tbody tr:last-child");
  const holds = axes.map((_, at) => leaves.map((leaf) => leaf.states[at]));

  form.addEventListener("input", draw);
  const lines = [...form.querySelectorAll(".p-slider input")].map((line) => startLine(line));
  lines.forEach((drawLine) => drawLine());
  section.querySelector("[data-reset]").addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of form.querySelectorAll("[data-axis]")) box.value = "";
    draw();
    form.querySelector("[data-axis]").focus();
  });

  function draw() {
    const wanted = typed(form, axes);
    keep(form);
    lines.forEach((drawLine) => drawLine());
    const then = wanted && set(now, holds, wanted);
    problem.hidden = Boolean(then) || !wanted;
    result.hidden = !then || wanted.size === 0;
    if (!then) {
      if (wanted) problem.textContent = problem.dataset.impossible;
      return;
    }
    section.querySelectorAll("[data-futures] tbody tr").forEach((row, at) => {
      row.lastElementChild.textContent = said(then[at]);
    });
    drawBar(bar, named.map((states) => shareOf(states, axes, leaves, then)));
    for (const line of section.querySelectorAll("li[data-axis]")) {
      const at = axes.indexOf(line.dataset.axis);
      const [before, after] = [marginal(now, holds[at]), marginal(then, holds[at])];
      const still = Math.abs(after - before) < STAYS ? "stays" : "moves";
      const which = wanted.has(at) ? "set" : still;
      line.textContent = fill(line.dataset[which], { before: said(before), after: said(after) });
    }
  }
}

/** The line beneath a box: it stands where the event stands now, and moved it types into the box. What it returns draws it. */
function startLine(line) {
  const box = line.closest(".p-trial-field").querySelector("[data-axis]");
  const points = () => pointsOf(box) ?? Number(line.dataset.now);
  const put = (chance) => {
    box.value = saidNumber(chance);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  line.parentElement.hidden = false;
  line.parentElement.append(ticks(WHOLE));
  line.addEventListener("input", () => put(chanceAt(line.valueAsNumber, WHOLE)));
  line.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    put(stepped(points(), KEYS[event.key], event.shiftKey || event.key.startsWith("Page"), WHOLE));
  });
  return () => {
    putThumb(line, place(points(), WHOLE));
    line.setAttribute("aria-valuetext", saidPercent(points()));
  };
}

/** The chance in a box in percent points; null where there is none from 0 to 100. */
function pointsOf(box) {
  const chance = box.value.trim() ? readChance(box.value, "percent") : null;
  const points = chance && inPoints(chance);
  return points !== null && points >= 0 && points <= 100 ? points : null;
}

/** Place of an axis to the chance typed for it; null while something can't be read. */
function typed(form, axes) {
  const wanted = new Map();
  for (const box of form.querySelectorAll("[data-axis]")) {
    if (!box.value.trim()) continue;
    const points = pointsOf(box);
    if (points === null) return null;
    wanted.set(axes.indexOf(box.dataset.axis), points / 100);
  }
  return wanted;
}

/** The chances of the leaves once some events are set; null where no future is left. */
function set(now, holds, wanted) {
  const found = [...now];
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let off = 0;
    for (const [at, chance] of wanted) {
      const has = marginal(found, holds[at]);
      if ((has <= 0 && chance > 0) || (has >= 1 && chance < 1)) return null;
      off = Math.max(off, Math.abs(has - chance));
      found.forEach((value, leaf) => {
        const [to, from] = holds[at][leaf] ? [chance, has] : [1 - chance, 1 - has];
        found[leaf] = from > 0 ? (value * to) / from : 0;
      });
    }
    if (wanted.size < 2 || off < 1e-13) return found;
  }
  return null;
}

/** The chance of a named scenario: of all leaves in which its axes are in its states. */
function shareOf(states, axes, leaves, then) {
  const isIn = (leaf) => axes.every((axis, at) => !(axis in states) || leaf.states[at] === states[axis]);
  return leaves.reduce((sum, leaf, at) => (isIn(leaf) ? sum + then[at] : sum), 0);
}

/** A bar of chances one after the other, with its figures. */
function drawBar(row, chances) {
  let start = 0;
  row.querySelectorAll("rect").forEach((piece, at) => {
    piece.setAttribute("x", `${100 * start}%`);
    piece.setAttribute("width", `${100 * chances[at]}%`);
    start += chances[at];
  });
  row.querySelectorAll("td .p-number").forEach((figure, at) => { figure.textContent = said(chances[at]); });
}

function marginal(chances, holds) {
  return chances.reduce((sum, chance, at) => (holds[at] ? sum + chance : sum), 0);
}

function said(chance) {
  const points = 100 * chance;
  const near = points >= 5 && points <= 95 ? Math.round(points) : Math.round(points * 10) / 10;
  return points > 0 && near === 0 ? `<\u00a0${saidPercent(0.1)}` : saidPercent(near);
}

let kept = 0;

/** The address says what is set, so that it can be sent and comes back on reload. A line that is dragged has it wait:
    engines refuse to change it a hundred times within seconds. */
function keep(form) {
  clearTimeout(kept);
  kept = setTimeout(() => write(form), PAUSE);
}

function write(form) {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (!value.trim()) query.delete(name);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}
