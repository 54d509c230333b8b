// The form of a question: its boxes are enough to answer; here they become one live control for each kind.

import { startChange } from "./change.js";
import { startChoice } from "./choice.js";
import { startLadder } from "./ladder.js";
import { startPair } from "./pair.js";
import { probabilities } from "./probability.js";
import { startQuantiles } from "./quantiles.js";

/* All of them listen to `input` alone, which lists and ticks send too. `change` comes as a box is left, with the mouse
   already down upon Save: where something is drawn then, WebKit scrolls back to the cursor and the press is lost. */
const STARTS = { binary: () => {}, choice: startChoice, ordered: startChoice, ladder: startLadder, pair: startPair };

function start(form) {
  const { kind } = form.dataset;
  form.classList.add("p-alive");
  if (kind === "numeric" || kind === "date") return startChange(form, startQuantiles(form));
  const all = probabilities(form);
  STARTS[kind](form, all);
  startChange(form, () => all);
}

for (const form of document.querySelectorAll("form[data-kind]")) start(form);
