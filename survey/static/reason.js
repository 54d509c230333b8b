/* A reason while it is written: how much room is left, and how others would read it. */

import { queue } from "./queue.js";

const part = document.querySelector("[data-reason]");
const text = part.querySelector("textarea");
const count = part.querySelector("[data-count]");
const shown = part.querySelector("[data-preview]");
const button = part.querySelector("[data-show]");

/* Code points, as the server counts them. */
function tellWhatIsLeft() {
  const left = Number(part.dataset.longest) - [...text.value].length;
  count.hidden = left > Number(part.dataset.nearly);
  count.textContent = part.dataset.left.replace("{count}", left);
}

/* Pressed again before the first answer is there: the later text is shown last. */
const inTurn = queue();

function ask(event) {
  event.preventDefault();
  inTurn(show);
}

/* Saved meanwhile: the preview's page would come in the place of the receipt. */
let leaves = false;
button.form.addEventListener("submit", () => { leaves = true; });
addEventListener("pageshow", () => { leaves = false; });

async function show() {
  const sent = new FormData(button.form);
  sent.set("fragment", "1");
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(sent) });
    /* Any other is a page: of a session that is gone, of too many requests, of a server that is away. */
    const isPart = answer.ok || answer.status === 422;
    if (answer.redirected || !answer.headers.get("Content-Type").startsWith("text/html") || !isPart) throw answer;
    shown.innerHTML = await answer.text();
  } catch (fault) {
    if (leaves) return;
    if (fault instanceof Response) withoutScript();
    else complain();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/* The page comes back with all that was typed. */
function withoutScript() {
  button.removeEventListener("click", ask);
  button.click();
}

/* Nothing answers: the browser's own page of errors would come in the place of what was typed. */
function complain() {
  shown.replaceChildren(Object.assign(document.createElement("p"), { className: "p-error", textContent: part.dataset.unsent }));
}

text.addEventListener("input", tellWhatIsLeft);
button.addEventListener("click", ask);
tellWhatIsLeft();
