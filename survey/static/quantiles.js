// Five values within a range: their order is looked at while somebody types, and what they say is drawn as a density.

import { check, settle } from "./checks.js";
import { axisOf, density, heightAt, windowOf } from "./density.js";
import { Handles } from "./handles.js";
import { fill, readDate, readNumber, saidDay, saidNumber, saidPercent, saidWithUnit, writeDate, writeNumber } from "./numbers.js";
import { stepOf, ticksOf } from "./scale.js";
import { element, label, path, Picture } from "./svg.js";

const HEIGHT = 260, TOP = 34, FOOT = 226, SIDE = 10;

/** Returns what tells the values that are there, in the order of their levels. */
export function startQuantiles(form) {
  const place = form.querySelector("[data-quantiles]");
  const figure = place.querySelector(".p-live");
  const axis = axisOf(form.dataset);
  const all = [...place.querySelectorAll("[data-quantile]")].map((row) => quantileOf(row, place, axis));
  for (const one of all) startTicks(one);
  let window = null;
  const picture = new Picture(figure, HEIGHT, (svg, width) => {
    const points = known(all);
    // A scale that moved under the hand would carry the handle with it.
    if (!handles.dragging || !window) window = windowOf(axis, points.map((one) => one.value));
    const drawn = paint(svg, width, axis, points, window);
    handles.show(marksOf(points, drawn), (pixels) => rounded(axis, drawn.valueAt(pixels)));
  });
  const handles = new Handles(picture.canvas, "x", {
    put: (one, value) => one.set(value),
    step: (one, value, direction, large) => stepped(axis, value, direction, large),
    released: () => picture.draw(),
  });
  const draw = () => {
    const rising = checkOrder(all, place.dataset, "repeats" in form.dataset, axis);
    const points = known(all);
    if (!rising || points.length < 2 || (axis.log && points[0].value <= 0)) return picture.hide();
    picture.show(describe(points, figure, axis));
  };
  form.addEventListener("input", draw);
  draw();
  return () => known(all);
}

/** One quantile; its value is what stands in the box, or what a tick for "beyond the range" is stored as. */
function quantileOf(row, place, axis) {
  const box = row.querySelector(".p-box input");
  const ticks = [...place.querySelectorAll(`[data-box="${CSS.escape(box.id)}"]`)];
  const ticked = () => ticks.find((tick) => tick.checked);
  const read = axis.dates ? readDate : readNumber;
  return {
    box, ticks, level: Number(row.dataset.level), score: Number(row.dataset.score),
    name: row.querySelector("label").textContent.replace(/\s+/g, " ").trim(),
    get beyond() { return Boolean(ticked()); },
    get value() { return ticked() ? Number(ticked().dataset.stored) : read(box.value); },
    set(value) {
      box.value = axis.dates ? writeDate(value) : writeNumber(value);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
}

/** A handle on the curve for each value within the range. It stops where its neighbours stand, a step before them where
    the same value cannot be given twice. */
function marksOf(points, { axis, curve, x, y }) {
  return points.map((one, place) => {
    const gap = axis.whole ? 0 : stepOf(axis, one.value);
    const low = Math.max(axis.lower, place ? tidy(points[place - 1].value + gap) : axis.lower);
    const high = Math.min(axis.upper, place < points.length - 1 ? tidy(points[place + 1].value - gap) : axis.upper);
    const along = axis.along(one.value);
    return {
      one, name: one.name, x: x(along), y: y(heightAt(curve, along)), value: one.value, said: saidValue(one.value, axis),
      low: Math.min(low, one.value), high: Math.max(high, one.value),
    };
  }).filter(({ one }) => !one.beyond);
}

function stepped(axis, value, direction, large) {
  const size = stepOf(axis, value) * (large ? (axis.dates ? 30 : 10) : 1);
  return tidy(value + direction * size);
}

function rounded(axis, value) {
  const step = stepOf(axis, value);
  return tidy(Math.round(value / step) * step);
}

function tidy(value) {
  return Number(value.toPrecision(12));
}

/** A tick stands instead of a value: it clears the box, which gets its text back when the tick goes. */
function startTicks({ box, ticks }) {
  let text = "";
  settle(box);
  for (const tick of ticks) {
    tick.addEventListener("input", () => {
      for (const other of ticks) if (other !== tick) other.checked = false;
      if (box.value) text = box.value;
      box.value = tick.checked ? "" : text;
      settle(box);
    });
  }
  box.addEventListener("input", () => {
    settle(box);
    if (box.value) for (const tick of ticks) tick.checked = false;
  });
}

function known(all) {
  return all.filter((one) => one.value !== null && Number.isFinite(one.value));
}

/** A soft word at each value that does not come after the one before it; whether all do. */
function checkOrder(all, words, repeats, axis) {
  let before = null, rising = true;
  for (const one of all) {
    const value = known([one]).length ? one.value : null;
    const falls = value !== null && before !== null && value < before.value;
    const same = value !== null && before !== null && value === before.value && !mayRepeat(one, repeats, axis);
    const said = before && { value: saidValue(before.value, axis), level: saidPercent(100 * before.level) };
    check(one.box, falls ? fill(words.before, said) : same ? fill(words.same, said) : "");
    rising &&= !falls;
    if (value !== null) before = one;
  }
  return rising;
}

/** Probability may be heaped on a whole number, on the end of the range, and beyond it. */
function mayRepeat(one, repeats, axis) {
  return repeats || one.beyond || one.value === axis.lower || one.value === axis.upper;
}

function saidValue(value, axis) {
  if (axis.dates) return saidDay(value);
  return saidWithUnit(value, axis.unit);
}

function describe(points, figure, axis) {
  const title = figure.querySelector("h2").textContent;
  const said = points.map((one) => fill(figure.dataset.point, { level: saidPercent(100 * one.level), value: saidValue(one.value, axis) }));
  return `${title}: ${said.join("; ")}.`;
}

function paint(svg, width, axis, points, [low, high]) {
  const values = points.map((one) => one.value);
  const curve = density(values.map(axis.along), points.map((one) => one.score), [low, high]);
  const top = Math.max(...curve.map(([, height]) => height));
  const x = (along) => SIDE + ((along - low) / (high - low)) * (width - 2 * SIDE);
  const y = (height) => FOOT - (height / top) * (FOOT - TOP);
  const drawn = { curve, axis, x, y, low, high };
  paintAreas(svg, drawn, points);
  svg.append(element("path", { d: path(curve.map(([at, height]) => [x(at), y(height)])), fill: "none", stroke: "accent", "stroke-width": 2.2 }));
  paintQuantiles(svg, drawn, points, width);
  paintAxis(svg, drawn, width);
  return { ...drawn, valueAt: (pixels) => axis.back(low + Math.min(1, Math.max(0, (pixels - SIDE) / (width - 2 * SIDE))) * (high - low)) };
}

/** Paper beneath all, tint between the outer two quantiles, band between the middle ones. */
function paintAreas(svg, drawn, points) {
  const pairs = points.filter((one) => one.level < 0.5).map((one) => [one, points.find((other) => Math.abs(other.level + one.level - 1) < 1e-9)]);
  const areas = [[drawn.low, drawn.high, "paper-2"]];
  for (const [from, to] of pairs) {
    if (to) areas.push([drawn.axis.along(from.value), drawn.axis.along(to.value), from.level < 0.2 ? "tint" : "band"]);
  }
  for (const [from, to, fill] of areas) svg.append(element("path", { d: area(drawn, from, to), fill }));
}

function area({ curve, x, y }, from, to) {
  const inside = curve.filter(([at]) => at > from && at < to);
  const line = [[from, heightAt(curve, from)], ...inside, [to, heightAt(curve, to)]];
  return `${path([[x(from), FOOT], ...line.map(([at, height]) => [x(at), y(height)]), [x(to), FOOT]])}Z`;
}

/** A line up to the curve at each quantile with its point, the median thick; the values over their tops as far as they fit. */
function paintQuantiles(svg, { curve, axis, x, y }, points, width) {
  const places = points.map((one) => ({ one, at: x(axis.along(one.value)), over: y(heightAt(curve, axis.along(one.value))) }));
  for (const { one, at, over } of places) {
    svg.append(element("line", { x1: at, x2: at, y1: FOOT, y2: over, stroke: "accent", "stroke-width": isMedian(one) ? 3 : 1.5 }));
    if (!one.beyond) svg.append(element("circle", { cx: at, cy: over, r: 7, fill: "paper", stroke: "accent", "stroke-width": 2.2 }));
  }
  const taken = places.map(({ at, over }) => ({ start: at - 8, end: at + 8, top: over - 8, foot: over + 8 }));
  places.sort((a, b) => isMedian(b.one) - isMedian(a.one) || Math.abs(b.one.level - 0.5) - Math.abs(a.one.level - 0.5));
  for (const { one, at, over } of places.filter((place) => !place.one.beyond)) {
    const words = axis.dates ? saidDay(one.value, { month: "short", year: "numeric" }) : saidNumber(one.value, { maximumFractionDigits: 6 });
    const box = freeBox(sidesOf(one), 8.2 * words.length, at, over, width, taken);
    if (!box) continue;
    taken.push(box);
    svg.append(label(words, { x: box.start, y: over - 12, "font-weight": 600, fill: isMedian(one) ? "accent" : "ink" }));
  }
}

const isMedian = (one) => Math.abs(one.level - 0.5) < 1e-9;

/** Where a value is written, at best over its own side of the curve: -1 before its point, 0 over it, 1 after it. */
const sidesOf = (one) => (isMedian(one) ? [0, 1, -1] : one.level < 0.5 ? [-1, 0] : [1, 0]);

/** The first of these sides on which words lie over no others and no point. */
function freeBox(sides, wide, at, over, width, taken) {
  const boxes = sides.map((side) => {
    const start = Math.min(Math.max({ "-1": at - wide - 9, 0: at - wide / 2, 1: at + 9 }[side], 0), width - wide);
    return { start, end: start + wide, top: over - 28, foot: over - 8 };
  });
  const lies = (box, other) => box.start < other.end && other.start < box.end && box.top < other.foot && other.top < box.foot;
  return boxes.find((box) => !taken.some((other) => lies(box, other)));
}

function paintAxis(svg, { axis, x, low, high }, width) {
  svg.append(element("line", { x1: SIDE, x2: width - SIDE, y1: FOOT, y2: FOOT, stroke: "axis" }));
  for (const [value, words] of ticksOf(axis, axis.back(low), axis.back(high), width)) {
    const at = x(axis.along(value));
    svg.append(element("line", { x1: at, x2: at, y1: FOOT, y2: FOOT + 5, stroke: "axis" }));
    const half = 4 * words.length;
    const anchor = at < half ? "start" : at > width - half ? "end" : "middle";
    const edge = { start: 0, middle: at, end: width }[anchor];
    if (words) svg.append(label(words, { x: edge, y: FOOT + 22, "text-anchor": anchor, fill: "ink-3", "data-tick": value }));
  }
}
