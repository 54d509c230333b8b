// The line beneath a chance: its ticks, its keys, and where its thumb stands. Its scale is that of steps.js.

import { place } from "./steps.js";

/** Keys that move a chance by a step, and which way. */
export const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 1, PageDown: -1 };

/** Put the thumb to a place from 0 to 100; the line is filled up to there. */
export function putThumb(line, at) {
  line.value = at;
  line.parentElement.style.setProperty("--p-at", at / 100);
}

/** Where a few chances stand on the line. */
export function ticks(settings) {
  const row = document.createElement("div");
  row.className = "p-ticks";
  row.setAttribute("aria-hidden", "true");
  for (const points of [1, 5, 25, 50, 75, 95, 99]) {
    const tick = document.createElement("span");
    tick.append(points);
    tick.style.setProperty("--p-at", place(points, settings) / 100);
    row.append(tick);
  }
  return row;
}
