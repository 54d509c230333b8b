// A chance in words, as survey/i18n/formatting.py says it; the sentences come with the form.

import { fill, saidNumber } from "./numbers.js";

const FRACTIONS = [2, 3, 4, 5, 8, 10].flatMap((whole) => Array.from({ length: whole - 1 }, (_, before) => [before + 1, whole]));
const NEARLY = 1e-9;

/** "about 1 in 8": the chance `points` (percent) as people out of a few. */
export function inWords(points, words) {
  if (points < 0.1) return fill(words.less, { whole: saidNumber(1000) });
  if (points > 99.9) return fill(words.more, { part: saidNumber(999), whole: saidNumber(1000) });
  const [part, whole] = partOfWhole(points / 100);
  return fill(words.about, { part: saidNumber(part), whole: saidNumber(whole) });
}

/** "unlikely": how likely a chance is. */
export function likelihood(points, words) {
  return words.likely.find(([most]) => points / 100 <= most + NEARLY)[1];
}

function partOfWhole(p) {
  if (p < 0.2 - NEARLY) return [1, twoFigures(1 / p)];
  if (p > 0.8 + NEARLY) {
    const whole = twoFigures(1 / (1 - p));
    return [whole - 1, whole];
  }
  const distance = ([part, whole]) => Math.abs(p - part / whole);
  return FRACTIONS.reduce((best, next) => (distance(next) < distance(best) - NEARLY ? next : best));
}

function twoFigures(value) {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(value) + NEARLY) - 1);
  return Math.floor(value / scale + 0.5 + NEARLY) * scale;
}
