// Five values within a range: their order is looked at while somebody types, and what they say is drawn as a density.
// Whoever points into the empty picture begins to draw: what is not said yet stands there as a draft around what is. A
// draft is in no box, so that nobody's answer is one: it has to be moved, or taken.

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
  let window = null, drawing = false, points = [];
  const [begin, drafted] = ["begin", "drafted"].map((name) => figure.querySelector(`[data-${name}]`));
  const picture = new Picture(figure, HEIGHT, (svg, width) => {
    // A scale that moved under the hand would carry the handle with it.
    if (!handles.dragging || !window) window = points.length > 1 ? windowOf(axis, points.map((one) => one.value)) : wholeOf(axis);
    const drawn = (points.length > 1 ? paint : paintNothing)(svg, width, axis, points, window);
    const marks = marksOf(points, drawn, figure.dataset.draft);
    const middle = all.find(isMedian);
    if (points.length < 2 && middle && !marks.some(({ one }) => one === middle)) marks.push(lineOf(middle, drawn, width, figure.dataset.none));
    handles.show(marks, (pixels) => rounded(axis, drawn.valueAt(pixels)));
  });
  const handles = new Handles(picture.canvas, "x", {
    put: (one, value) => {
      drawing = true;
      one.set(value);
    },
    begin: () => {
      drawing = true;
      draw();
    },
    step: (one, value, direction, large) => stepped(axis, value, direction, large),
    released: () => picture.draw(),
  });
  const draw = () => {
    const rising = checkOrder(all, place.dataset, "repeats" in form.dataset, axis);
    points = pointsOf(all, drawing && rising ? draftOf(all, axis) : new Map());
    if (!rising || (axis.log && points[0]?.value <= 0)) return picture.hide();
    begin.hidden = points.length > 1;
    drafted.hidden = !points.some((one) => one.draft);
    picture.show(describe(points.filter((one) => !one.draft), figure, axis));
  };
  drafted.querySelector("button").addEventListener("click", () => {
    const taken = points.filter((one) => one.draft);
    for (const { one, value } of taken) one.set(value);
    handles.focus(taken[0].one);
  });
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
    name: [...row.querySelector("label").childNodes].map((part) => part.textContent.trim()).filter(Boolean).join(", "),
    get beyond() { return Boolean(ticked()); },
    get value() { return ticked() ? Number(ticked().dataset.stored) : read(box.value); },
    set(value) {
      box.value = axis.dates ? writeDate(value) : writeNumber(value);
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
}

/** What the picture is of: what is said, and of what is not the draft, where there is one. */
function pointsOf(all, draft) {
  const points = all.map((one) => ({
    one, level: one.level, score: one.score, name: one.name, beyond: one.beyond, draft: draft.has(one),
    value: draft.has(one) ? draft.get(one) : one.value,
  }));
  return points.filter(({ value }) => value !== null && Number.isFinite(value));
}

/** A value for each that is not said yet: along the line through what is said, and beyond it as steep as there, or with
    nothing to go by so that nine tenths cover a third of the range. It stays within the range. */
function draftOf(all, axis) {
  const [least, most] = wholeOf(axis);
  const said = known(all).map((one) => [one.score, axis.along(one.value)]);
  const line = said.length ? said : [[0, (least + most) / 2]];
  const usual = 0.1 * (most - least);
  const beyond = ([score, from], wide, end, outermost) => {
    const room = Math.max(0, 0.9 * Math.abs(end - from)) / Math.max(1e-9, Math.abs(outermost - score));
    return (at) => from + (at - score) * Math.min(wide, room);
  };
  const slope = ([[s0, x0], [s1, x1]]) => Math.max((x1 - x0) / (s1 - s0), usual / 20);
  const steep = (pair) => (line.length > 1 ? slope(pair) : usual);
  const below = beyond(line[0], steep(line.slice(0, 2)), least, all[0].score);
  const above = beyond(line.at(-1), steep(line.slice(-2)), most, all.at(-1).score);
  const at = (score) => {
    const after = line.findIndex(([next]) => next > score);
    if (after === 0) return below(score);
    if (after < 0) return above(score);
    const [[s0, x0], [s1, x1]] = [line[after - 1], line[after]];
    return x0 + ((x1 - x0) * (score - s0)) / (s1 - s0);
  };
  return new Map(all.filter((one) => !known([one]).length).map((one) => [one, rounded(axis, axis.back(at(one.score)))]));
}

/** A handle on the curve for each value within the range. It stops where what is said beside it stands, a step before
    where the same value cannot be given twice; a draft gives way. */
function marksOf(points, { axis, curve, x, y }, draft) {
  return points.map((point, place) => {
    const { one, name, value } = point;
    const gap = axis.whole ? 0 : stepOf(axis, value);
    const before = points.slice(0, place).findLast((other) => !other.draft);
    const after = points.slice(place + 1).find((other) => !other.draft);
    const low = Math.max(axis.lower, before ? tidy(before.value + gap) : axis.lower);
    const high = Math.min(axis.upper, after ? tidy(after.value - gap) : axis.upper);
    const along = axis.along(value);
    const said = saidValue(value, axis);
    return {
      one, name, value, draft: point.draft, x: x(along), y: y(heightAt(curve, along)), said: point.draft ? fill(draft, { value: said }) : said,
      low: Math.min(low, value), high: Math.max(high, value),
    };
  }).filter(({ one }) => !one.beyond);
}

/** The empty picture as one handle, of the middle: it is put where one points. */
function lineOf(one, { axis, x, low, high }, width, none) {
  return {
    one, name: one.name, value: null, said: none, x: x((low + high) / 2), y: null, low: axis.lower, high: axis.upper,
    across: [SIDE, width - SIDE], track: [TOP, FOOT + 5],
  };
}

function wholeOf(axis) {
  return [axis.along(axis.lower), axis.along(axis.upper)];
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
  if (!points.length) return `${title}: ${figure.dataset.none}.`;
  const said = points.map((one) => fill(figure.dataset.point, { level: saidPercent(100 * one.level), value: saidValue(one.value, axis) }));
  return `${title}: ${said.join("; ")}.`;
}

function paint(svg, width, axis, points, ends) {
  const values = points.map((one) => one.value);
  const curve = density(values.map(axis.along), points.map((one) => one.score), ends);
  const drawn = placesOf(width, axis, curve, ends);
  const isDraft = points.some((one) => one.draft);
  paintAreas(svg, drawn, isDraft ? [] : points);
  const line = path(curve.map(([at, height]) => [drawn.x(at), drawn.y(height)]));
  svg.append(element("path", { d: line, fill: "none", stroke: "accent", "stroke-width": 2.2, ...(isDraft ? DASHED : {}) }));
  paintQuantiles(svg, drawn, points, width);
  paintAxis(svg, drawn, width);
  return drawn;
}

const DASHED = { "stroke-dasharray": "6 4" };

/** Where nothing is said yet, or one value alone: the scale, with a dashed line for what is to come. */
function paintNothing(svg, width, axis, points, ends) {
  const drawn = placesOf(width, axis, [[ends[0], 0], [ends[1], 0]], ends);
  const height = (TOP + FOOT) / 2;
  svg.append(element("line", { x1: SIDE, x2: width - SIDE, y1: height, y2: height, stroke: "edge", "stroke-width": 2, ...DASHED }));
  paintAxis(svg, drawn, width);
  for (const { value, beyond } of points) {
    if (!beyond) svg.append(element("circle", { cx: drawn.x(axis.along(value)), cy: FOOT, r: 7, fill: "paper", stroke: "accent", "stroke-width": 2.2 }));
  }
  return drawn;
}

/** Where values and heights lie in a picture of this width, and back. */
function placesOf(width, axis, curve, [low, high]) {
  const top = Math.max(...curve.map(([, height]) => height)) || 1;
  const x = (along) => SIDE + ((along - low) / (high - low)) * (width - 2 * SIDE);
  const y = (height) => FOOT - (height / top) * (FOOT - TOP);
  const valueAt = (pixels) => axis.back(low + Math.min(1, Math.max(0, (pixels - SIDE) / (width - 2 * SIDE))) * (high - low));
  return { curve, axis, x, y, low, high, valueAt };
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
    const look = one.draft ? { stroke: "edge", "stroke-dasharray": "3 3" } : { stroke: "accent" };
    svg.append(element("line", { x1: at, x2: at, y1: FOOT, y2: over, "stroke-width": isMedian(one) ? 3 : 1.5, ...look }));
    if (!one.beyond) svg.append(element("circle", { cx: at, cy: over, r: 7, fill: "paper", "stroke-width": 2.2, ...look }));
  }
  const taken = places.map(({ at, over }) => ({ start: at - 8, end: at + 8, top: over - 8, foot: over + 8 }));
  places.sort((a, b) => isMedian(b.one) - isMedian(a.one) || Math.abs(b.one.level - 0.5) - Math.abs(a.one.level - 0.5));
  for (const { one, at, over } of places.filter((place) => !place.one.beyond)) {
    const words = axis.dates ? saidDay(one.value, { month: "short", year: "numeric" }) : saidNumber(one.value, { maximumFractionDigits: 6 });
    const box = freeBox(sidesOf(one), 8.2 * words.length, at, over, width, taken);
    if (!box) continue;
    taken.push(box);
    svg.append(label(words, { x: box.start, y: over - 12, ...(one.draft ? { fill: "ink-3" } : { "font-weight": 600, fill: isMedian(one) ? "accent" : "ink" }) }));
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
