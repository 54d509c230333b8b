// A smooth density through quantiles, as survey/charts/curve.py draws the crowd's: the quantiles are joined as normal
// scores by a monotone cubic z(x), and the density is φ(z) z′, with normal tails.

const POINTS = 161;

/** The scale of a question: where values stand on the line on which the picture is straight. */
export function axisOf({ lower, upper, log, kind, repeats, unit = "" }) {
  const isLog = log !== undefined;
  return {
    lower: Number(lower), upper: Number(upper), log: isLog, dates: kind === "date", whole: repeats !== undefined, unit,
    along: isLog ? Math.log : (value) => value,
    back: isLog ? Math.exp : (value) => value,
  };
}

/** The part of the scale worth drawing, on the straight line: one width of the quantiles beyond each outer one,
    inside the range. What covers seven tenths of the range is drawn with the whole of it. */
export function windowOf(axis, values) {
  const [low, high] = [axis.along(values[0]), axis.along(values.at(-1))];
  const [least, most] = [Math.min(axis.along(axis.lower), low), Math.max(axis.along(axis.upper), high)];
  const wide = Math.max(high - low, 0.1 * (most - least));
  const ends = [Math.max(least, low - wide), Math.min(most, high + wide)];
  return ends[1] - ends[0] > 0.7 * (most - least) ? [least, most] : ends;
}

/** Points [x, density] on a grid of the straight line; `along` and `scores` increase, at least two of each. */
export function density(along, scores, [low, high]) {
  const grid = Array.from({ length: POINTS }, (_, index) => low + ((high - low) * index) / (POINTS - 1));
  const places = apart(along, (high - low) / 100);
  const joined = monotoneCubic(places, scores);
  const flattest = (0.5 * (scores.at(-1) - scores[0])) / (places.at(-1) - places[0]);
  const heights = grid.map((x) => {
    const inside = Math.min(Math.max(x, places[0]), places.at(-1));
    const { value, slope } = joined(inside);
    const steep = x === inside ? slope : Math.max(slope, flattest);
    const z = value + (x - inside) * steep;
    return (Math.exp((-z * z) / 2) * steep) / Math.sqrt(2 * Math.PI);
  });
  return smooth(heights).map((height, index) => [grid[index], height]);
}

/** Height of a curve at a place of the straight line. */
export function heightAt(curve, x) {
  const after = curve.findIndex(([at]) => at >= x);
  if (after <= 0) return curve.at(after)[1];
  const [[x0, y0], [x1, y1]] = [curve[after - 1], curve[after]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** Equal quantiles are drawn apart by a hundredth of the picture, since a step has no density. */
function apart(along, gap) {
  const places = [...along];
  for (let index = 1; index < places.length; index += 1) places[index] = Math.max(places[index], places[index - 1] + gap);
  return places;
}

/** Fritsch and Carlson's cubic through rising points; a function from x to its value and slope. */
function monotoneCubic(x, y) {
  const widths = x.slice(1).map((end, index) => end - x[index]);
  const rises = widths.map((width, index) => (y[index + 1] - y[index]) / width);
  const slopes = x.map((_, index) => slopeAt(index, widths, rises));
  return (at) => {
    const index = Math.min(Math.max(x.findLastIndex((start) => start <= at), 0), widths.length - 1);
    const t = (at - x[index]) / widths[index];
    const bend = slopes[index] + slopes[index + 1] - 2 * rises[index];
    const turn = 3 * rises[index] - 2 * slopes[index] - slopes[index + 1];
    return {
      value: y[index] + widths[index] * t * (slopes[index] + t * (turn + t * bend)),
      slope: slopes[index] + t * (2 * turn + 3 * t * bend),
    };
  };
}

function slopeAt(index, widths, rises) {
  if (rises.length === 1) return rises[0];
  if (index === 0) return endSlope(widths[0], widths[1], rises[0], rises[1]);
  if (index === rises.length) return endSlope(widths.at(-1), widths.at(-2), rises.at(-1), rises.at(-2));
  const [before, after] = [widths[index - 1], widths[index]];
  const [w1, w2] = [2 * after + before, after + 2 * before];
  return (w1 + w2) / (w1 / rises[index - 1] + w2 / rises[index]);
}

function endSlope(width, next, rise, nextRise) {
  const slope = ((2 * width + next) * rise - width * nextRise) / (width + next);
  return slope <= 0 ? 0 : slope;
}

/** Round the corners the cubic leaves at the quantiles; a picture needs no more. */
function smooth(heights, width = 4) {
  const kernel = Array.from({ length: 2 * width - 1 }, (_, index) => 0.5 - 0.5 * Math.cos((Math.PI * (index + 1)) / width));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const at = (index) => heights[Math.min(Math.max(index, 0), heights.length - 1)];
  return heights.map((_, index) =>
    kernel.reduce((sum, weight, step) => sum + (weight / total) * at(index + step - width + 1), 0));
}
