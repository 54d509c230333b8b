// A ladder of deadlines: the rungs as one curve while somebody types, a soft word where one is lower than an earlier
// one, and the chance that they imply for each interval.

import { check } from "./checks.js";
import { Handles } from "./handles.js";
import { fill, readDate, saidDay, saidNumber, saidPercent } from "./numbers.js";
import { stepped } from "./steps.js";
import { element, label, path, Picture } from "./svg.js";

const HEIGHT = 300, TOP = 12, FOOT = 272, LEFT = 52, RIGHT = 14;

export function startLadder(form, all) {
  const place = form.querySelector("[data-ladder]");
  const figure = place.querySelector(".p-live");
  const rungs = [...place.querySelectorAll("[data-day]")].map((row) => rungOf(row, all));
  // It may open on the day of its first date, or later: the axis needs a width all the same.
  const start = Math.min(readDate(form.dataset.start), rungs[0].day - 1);
  const picture = new Picture(figure, HEIGHT, (svg, width) => {
    const scale = paint(svg, width, start, rungs, figure.dataset);
    handles.show(marksOf(rungs, scale), (pixels) => wholePoints(scale.points(pixels)));
  });
  const handles = new Handles(picture.canvas, "y", {
    put: (one, points) => one.set(points),
    step: (one, points, direction, large) => stepped(points, direction, large, one.settings),
  });
  const draw = () => {
    const rising = checkRising(rungs, place.dataset.falling);
    const known = rungs.filter((rung) => rung.points() !== null);
    if (!known.length) return picture.hide();
    picture.show(describe(known, figure));
    drawIntervals(figure.querySelector("dl"), rising && known.every(isNoLower) ? known : []);
  };
  form.addEventListener("input", draw);
  draw();
}

/** A rung that is asked, or one that is over and stands as it was given. */
function rungOf(row, all) {
  const one = all.find((probability) => probability.row === row);
  const given = row.dataset.points === undefined ? null : Number(row.dataset.points);
  const name = row.firstElementChild.textContent.trim();
  return { name, day: readDate(row.dataset.day), one, points: () => (one ? one.points : given) };
}

/** A soft word at each rung that is lower than an earlier one; whether none is. Only rungs that are asked are
    compared, as on the server: what was said of a closed one binds nobody now. */
function checkRising(rungs, sentence) {
  let before = null, rising = true;
  for (const rung of rungs.filter((rung) => rung.one)) {
    const points = rung.points();
    rung.one.draw();
    if (points === null) continue;
    const lower = before !== null && points < before.points();
    if (lower) check(rung.one.box, fill(sentence, { given: saidPercent(before.points()), day: before.name }));
    before = lower ? before : rung;
    rising &&= !lower;
  }
  return rising;
}

/** Whether a rung is no lower than the one before it, be that over or not. */
function isNoLower(rung, place, rungs) {
  return place === 0 || rung.points() >= rungs[place - 1].points();
}

/** A handle for every rung that is asked. It stops at what is said of earlier and later dates. */
function marksOf(rungs, { x, y }) {
  const asked = rungs.filter((rung) => rung.one);
  return asked.map((rung, place) => {
    const { lowest, highest } = rung.one.settings;
    const said = (others) => others.map((other) => other.points()).filter((points) => points !== null);
    const [before, after] = [said(asked.slice(0, place)), said(asked.slice(place + 1))];
    const ends = [Math.max(lowest, ...before), Math.min(highest, ...after)];
    // Where others contradict each other already, no place between them is left: whoever mends that moves freely.
    const [low, high] = ends[0] > ends[1] ? [lowest, highest] : ends;
    const value = rung.points();
    return {
      one: rung.one, name: rung.name, x: x(rung.day + 1), y: value === null ? null : y(value), value, low, high,
      start: before.length ? low : high, said: value === null ? rung.one.output.textContent : saidPercent(value), track: [TOP, FOOT],
    };
  });
}

/** A picture has no room for parts of a point; whoever means them types, or uses the keys. */
function wholePoints(points) {
  return Math.min(99, Math.max(1, Math.round(points)));
}

function describe(known, figure) {
  const title = figure.querySelector("h2").textContent;
  const said = known.map((rung) => fill(figure.dataset.point, { chance: saidPercent(rung.points()), day: rung.name }));
  return `${title}: ${said.join("; ")}.`;
}

/** What lies between the rungs; falling ones leave nothing that could be said. */
function drawIntervals(list, known) {
  list.parentElement.classList.toggle("p-falling", !known.length);
  let before = 0;
  const pairs = known.map((rung) => {
    const chance = rung.points() - before;
    before = rung.points();
    return [fill(list.dataset.until, { day: until(rung.day) }), chance];
  });
  list.replaceChildren(...[...pairs, [list.dataset.later, 100 - before]].map(interval));
}

/** The end of an interval: of a month's last day the month alone, for there is little room. */
function until(day) {
  const next = new Date((day + 1) * 86_400_000);
  return saidDay(day, { month: "short", year: "numeric", ...(next.getUTCDate() === 1 ? {} : { day: "numeric" }) });
}

function interval([name, chance]) {
  const place = document.createElement("div");
  const [term, value] = [document.createElement("dt"), document.createElement("dd")];
  term.append(name);
  value.append(saidPercent(Number(chance.toFixed(4))).replace("-", "−"));
  place.append(term, value);
  return place;
}

function paint(svg, width, start, rungs, words) {
  // A date counts to its end, so its rung stands where the next day begins.
  const end = rungs.at(-1).day + 1;
  const x = (day) => LEFT + ((day - start) / (end - start)) * (width - LEFT - RIGHT);
  const y = (points) => FOOT - (points / 100) * (FOOT - TOP);
  const known = rungs.filter((rung) => rung.points() !== null);
  paintAxes(svg, width, x, y, start, end);
  const last = known.at(-1);
  if (last !== rungs.at(-1)) paintOpen(svg, x(last.day + 1), x(end), y, last.points(), words);
  for (const rung of rungs.filter((rung) => rung.one && rung.points() === null)) paintUntouched(svg, x(rung.day + 1), y);
  const points = [[x(start), y(0)], ...known.map((rung) => [x(rung.day + 1), y(rung.points())])];
  const foot = [[points.at(-1)[0], y(0)]];
  svg.append(
    element("path", { d: `${path([...points, ...foot])}Z`, fill: "tint" }),
    element("path", { d: path(points), fill: "none", stroke: "accent", "stroke-width": 2.5, "stroke-linejoin": "round" }),
  );
  for (const [index, rung] of known.entries()) paintRung(svg, points[index + 1], rung);
  return { x, y, points: (pixels) => (100 * (FOOT - pixels)) / (FOOT - TOP) };
}

function paintRung(svg, [x, y], rung) {
  svg.append(
    element("circle", { cx: x, cy: y, r: rung.one ? 8 : 5, fill: "paper", stroke: "accent", "stroke-width": 2.5 }),
    label(saidPercent(rung.points()), {
      x: x - 8, y: Math.max(y - 14, 14), "text-anchor": "end", "font-weight": 600,
    }),
  );
}

function paintAxes(svg, width, x, y, start, end) {
  for (const points of [0, 25, 50, 75, 100]) {
    const at = { y1: y(points), y2: y(points), x1: LEFT, x2: width - RIGHT };
    svg.append(
      element("line", { ...at, stroke: points ? "grid" : "axis" }),
      label(points === 100 ? saidPercent(100) : saidNumber(points), { x: LEFT - 8, y: y(points) + 5, "text-anchor": "end", fill: "ink-3" }),
    );
  }
  const years = yearsBetween(start, end);
  const every = Math.ceil((years.length * 52) / (width - LEFT - RIGHT));
  for (const [index, day] of years.entries()) {
    const anchor = x(day) > width - 30 ? "end" : "middle";
    const at = anchor === "end" ? width : x(day);
    svg.append(element("line", { x1: x(day), x2: x(day), y1: FOOT, y2: FOOT + 5, stroke: "axis" }));
    if ((years.length - 1 - index) % every === 0) {
      svg.append(label(saidDay(day, { year: "numeric" }), { x: at, y: FOOT + 22, "text-anchor": anchor, fill: "ink-3" }));
    }
  }
}

/** The first days of the years on the axis. */
function yearsBetween(start, end) {
  const first = new Date(start * 86_400_000).getUTCFullYear();
  const last = new Date(end * 86_400_000).getUTCFullYear();
  const days = Array.from({ length: last - first + 1 }, (_, index) => Date.UTC(first + index, 0, 1) / 86_400_000);
  return days.filter((day) => day >= start && day <= end);
}

/** Where a rung without a forecast can be put. */
function paintUntouched(svg, x, y) {
  svg.append(element("line", { x1: x, x2: x, y1: y(100), y2: y(0), stroke: "edge", "stroke-dasharray": "4 4" }));
}

/** What the last answered rung leaves open for the later ones. */
function paintOpen(svg, from, to, y, points, words) {
  const at = { x: from, width: to - from, y: y(100), height: y(points) - y(100) };
  svg.append(element("rect", { ...at, fill: "paper-2" }));
  if (at.width < 100 || at.height < 48) return;
  const middle = { x: (from + to) / 2, "text-anchor": "middle", fill: "ink-3", stroke: "paper-2" };
  const between = fill(words.between, { low: saidNumber(points), high: saidPercent(100) });
  svg.append(
    label(words.open, { ...middle, y: y((100 + points) / 2) - 4 }),
    label(between, { ...middle, y: y((100 + points) / 2) + 15 }),
  );
}
