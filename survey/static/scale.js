// Ticks of an axis: 1, 2 and 5 of each decade on a logarithmic scale, round numbers or first days of months otherwise.

import { saidDay, saidNumber } from "./numbers.js";

/** Ticks [value, words] between two values, about as many as fit `width` pixels. */
export function ticksOf(axis, low, high, width) {
  const most = Math.max(2, Math.floor(width / 80));
  if (axis.dates) return dayTicks(low, high, most);
  const values = axis.log && high / low > 1.5 ? logTicks(low, high) : roundTicks(low, high, most);
  const every = Math.ceil(values.length / (axis.log ? most * 1.6 : most + 1));
  return values.map((value, index) => [value, index % every ? "" : saidNumber(value, { maximumFractionDigits: 6 })]);
}

/** How far a key moves a value, and to what a pointer rounds it: a day; the third figure of a number on a logarithmic
    scale, less than a two-hundredth of the range on a plain one; whole numbers stay whole. */
export function stepOf(axis, value) {
  if (axis.dates) return 1;
  const size = axis.log ? value / 100 : (axis.upper - axis.lower) / 200;
  // Written as a decimal: 10 to a negative power is not always the nearest number to it.
  const step = Number(`1e${Math.floor(Math.log10(size) + 1e-9)}`);
  return axis.whole ? Math.max(1, step) : step;
}

/** Every leading digit where the range is short. */
function logTicks(low, high) {
  const digits = high / low <= 12 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1, 2, 5];
  const ticks = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade += 1) {
    ticks.push(...digits.map((digit) => Number(`${digit}e${decade}`)));
  }
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

function roundTicks(low, high, most) {
  const rough = (high - low) / most;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * decade).find((size) => size >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first;
  return Array.from({ length: count + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function dayTicks(low, high, most) {
  const months = (high - low) / 30.4;
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 240].find((size) => months / size <= most) ?? 600;
  const words = step < 12 ? { month: "short", year: "numeric" } : { year: "numeric" };
  const ticks = [];
  const first = new Date(low * 86_400_000).getUTCFullYear() * 12;
  const start = Math.ceil(first / step) * step;
  for (let month = start; ; month += step) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;
    if (day > high) return ticks;
    if (day >= low) ticks.push([day, saidDay(day, words)]);
  }
}
