// How far a key moves a chance, and where a chance stands on the line. Everything in percent points.
//
// The line is finer near its ends: a step of the arrow keys has the same length everywhere on it, and a step is a
// tenth of a point below 5 % and above 95 %, a whole point between. So the outer 5 % at each end take a good
// quarter of the line, where forecasts of rare events differ most, and the thumb can be put on any of them.

const FINE = 0.1, LOW = 5, HIGH = 95;

/** The chance that a key leads to from `points`; `large` with Shift. It stays within the survey's range. */
export function stepped(points, direction, large, { lowest, highest }) {
  const next = large ? points + 10 * direction : small(points, direction);
  return tidy(Math.min(highest, Math.max(lowest, next)));
}

function small(points, direction) {
  const up = direction > 0;
  if (up ? points < LOW : points <= LOW) return tenth(points, direction);
  if (up ? points >= HIGH : points > HIGH) return tenth(points, direction);
  // A whole step does not jump over the place where the fine ones begin.
  return up ? Math.min(HIGH, points + 1) : Math.max(LOW, points - 1);
}

/** The next whole tenth: whoever stands at the lowest chance of 0.01 % comes to 0.1 %, not to 0.11 %. */
function tenth(points, direction) {
  const tenths = tidy(points / FINE);
  return (direction > 0 ? Math.floor(tenths + 1) : Math.ceil(tenths - 1)) * FINE;
}

/** Where a chance stands on the line, from 0 to 100. */
export function place(points, { lowest, highest }) {
  const [start, end] = [steps(lowest), steps(highest)];
  return (100 * (steps(Math.min(highest, Math.max(lowest, points))) - start)) / (end - start);
}

/** The chance that stands nearest to a place of the line, one that the arrow keys can reach. */
export function chanceAt(place, { lowest, highest }) {
  const [start, end] = [steps(lowest), steps(highest)];
  const count = Math.round(start + (place / 100) * (end - start));
  return tidy(Math.min(highest, Math.max(lowest, points(count))));
}

/** How many steps lie below a chance. */
function steps(points) {
  if (points < LOW) return points / FINE;
  const middle = LOW / FINE + (Math.min(points, HIGH) - LOW);
  return middle + Math.max(0, points - HIGH) / FINE;
}

/** The inverse of `steps`. */
function points(steps) {
  const low = LOW / FINE, high = low + HIGH - LOW;
  if (steps < low) return steps * FINE;
  return Math.min(steps, high) - low + LOW + Math.max(0, steps - high) * FINE;
}

function tidy(value) {
  return Number(value.toFixed(6));
}
