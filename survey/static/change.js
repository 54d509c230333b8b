// A forecast far from the one that stands asks what changed while somebody types, not only after they have saved.
// The server asks by `has_moved_far` of survey/services/forecast_precheck.py, and decides.

/** `numbers()` tells what is typed: each with its box, and its points (a chance) or its level and value (a quantity). */
export function startChange(form, numbers) {
  const place = form.querySelector("[data-what-changed]");
  if (!place) return;
  const former = readFormer(place.dataset);
  const reason = form.elements.namedItem("rationale");
  const ask = () => tell(place, !reason.value.trim() && hasMovedFar(numbers(), former));
  form.addEventListener("input", ask);
  ask();
}

function readFormer({ points, chances, middle }) {
  return { points: Number(points), chances: JSON.parse(chances), middle: middle && JSON.parse(middle) };
}

function hasMovedFar(numbers, { points, chances, middle }) {
  if (middle) return isOutside(median(numbers), middle);
  return numbers.some((one) => {
    const before = chances[one.box.name];
    // Typed decimals: 90 and 70 are no more than 20 apart.
    return before !== undefined && one.points !== null && Number(Math.abs(one.points - before).toFixed(7)) > points;
  });
}

const isOutside = (value, [low, high]) => value !== null && (value < low || value > high);

/** The number at one half; between two levels along a straight line, null before both sides are there. */
function median(numbers) {
  const after = numbers.findIndex((one) => one.level >= 0.5);
  if (after < 0) return null;
  const [low, high] = [numbers[after - 1], numbers[after]];
  if (high.level === 0.5) return high.value;
  return low ? low.value + ((0.5 - low.level) / (high.level - low.level)) * (high.value - low.value) : null;
}

/** The sentence, and the tick that there is nothing to add, which is only there while it is asked for. */
function tell(place, asks) {
  const sentence = asks ? place.dataset.words : "";
  if (place.textContent === sentence) return;
  place.textContent = sentence;
  const template = place.nextElementSibling;
  if (asks) template.after(template.content.cloneNode(true));
  else template.nextElementSibling.remove();
}
