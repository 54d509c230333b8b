// One's own forecasts as a list to work in: a number is stored when its box is left, by the row's own form, and the
// row the server answers with takes the old one's place. Where it answers anything else, the form is sent as without
// a script, and its page says what happened. A key sent twice is stored once, so that both ways may meet.

import { settle, whenReleased } from "./checks.js";
import { inPoints, ofPoints, readChance, writeChance } from "./numbers.js";
import { stepped } from "./steps.js";

const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 1, PageDown: -1 };
/** What the server may take; it decides. */
const RANGE = { lowest: 0.01, highest: 99.99 };

const list = document.querySelector("[data-rows]");
const boxes = () => [...list.querySelectorAll("[data-save] .p-box input")];
const isBox = (place) => place.matches?.("[data-save] .p-box input");
const isChanged = (box) => box.value.trim() !== box.defaultValue.trim();

/** What stood in the box when its row was sent, by the row’s id: leaving it twice sends it once. */
const sent = new Map();

async function send(form, submitter) {
  const row = form.closest("[data-row]");
  const text = row.querySelector(".p-box input")?.value;
  sent.set(row.id, text);
  const fields = new URLSearchParams(new FormData(form, submitter));
  fields.set("part", "row");
  row.classList.add("p-busy");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, keepalive: true });
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (told.querySelector("[data-told]")) whenReleased(() => place(row, told, text));
    else form.submit();
  } catch {
    row.classList.remove("p-busy");
    complain(row, list.dataset.unsent);
  } finally {
    sent.delete(row.id);
  }
}

/** Put the row that came in the old one's place; what was typed meanwhile, and the cursor, stay. */
function place(row, told, text) {
  const made = told.querySelector("[data-row]");
  const [box, fresh] = [row, made].map((one) => one.querySelector(".p-box input"));
  const within = row.contains(document.activeElement);
  if (box && fresh && box.value !== text) fresh.value = box.value;
  row.replaceWith(made);
  if (within) (fresh ?? made.querySelector("a")).focus();
  const receipt = told.querySelector("[data-receipt]");
  if (receipt.children.length) list.querySelector("[data-receipt]").replaceChildren(...receipt.children);
  say(told.querySelector("[data-told]").textContent.trim());
}

function say(words) {
  list.querySelector("[data-said]").textContent = words;
}

function complain(row, words) {
  let note = row.querySelector(".p-row-below .p-error");
  if (!note) {
    const below = Object.assign(document.createElement("div"), { className: "p-row-below" });
    note = Object.assign(document.createElement("p"), { className: "p-error" });
    below.append(note);
    row.append(below);
  }
  note.textContent = words;
  say(words);
}

function leave(box) {
  const unsaid = !isChanged(box) || sent.get(box.closest("[data-row]").id) === box.value;
  if (!unsaid) send(box.form);
}

/** Enter goes on to the next box; a value that was refused, or could not be sent, is sent once more. */
function goOn(box) {
  if (isChanged(box) || box.closest("[data-row]").querySelector(".p-error")) send(box.form);
  const all = boxes();
  const next = all[all.indexOf(box) + 1];
  if (next) next.focus();
  else box.select();
}

function step(box, event) {
  if (box.form.elements.namedItem("format").value !== "percent") return;
  const chance = readChance(box.value, "percent");
  if (!chance) return;
  event.preventDefault();
  const large = event.shiftKey || event.key.startsWith("Page");
  const points = stepped(inPoints(chance), STEPS[event.key], large, RANGE);
  box.value = writeChance(ofPoints(points), "percent");
  settle(box);
}

list?.addEventListener("focusin", ({ target }) => isBox(target) && target.select());
list?.addEventListener("focusout", ({ target }) => isBox(target) && leave(target));
list?.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!isBox(target) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (key === "Enter") {
    event.preventDefault();
    goOn(target);
  } else if (key === "Escape") {
    target.value = target.defaultValue;
    target.select();
  } else if (key in STEPS) step(target, event);
});
list?.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-row]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
