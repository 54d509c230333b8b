// One's own forecasts as a list to work in: a number is stored when its box is left, by the row's own form, and the
// row the server answers with takes the old one's place. Where it answers anything else, the form is sent as without
// a script, and its page says what happened. A key sent twice is stored once, so that both ways may meet.

import { settle, whenReleased } from "./checks.js";
import { inPoints, ofPoints, readChance, writeChance } from "./numbers.js";
import { queue } from "./queue.js";
import { stepped } from "./steps.js";

const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 1, PageDown: -1 };
/** What the server may take; it decides. */
const RANGE = { lowest: 0.01, highest: 99.99 };

const list = document.querySelector("[data-rows]");
const boxes = () => [...list.querySelectorAll("[data-save] .p-box input")];
const isBox = (place) => place.matches?.("[data-save] .p-box input");
const isReason = (place) => place.matches?.("[data-row] textarea");

/** What stood in the box when its row was last sent, by the row’s id, until the answer is there. */
const sent = new Map();
/** What is stored, or will be: leaving a box twice sends it once, and the old number typed again is sent too. */
const standing = (box) => sent.get(box.closest("[data-row]").id) ?? box.defaultValue;
const isChanged = (box) => box.value.trim() !== standing(box).trim();
/** By the row’s id, its queue: of two numbers typed one after the other the second is to stand, and it goes with the
    key and the revision that the answer to the first has brought. */
const queues = new Map();
/** How much was sent from the list: answers to different rows come in any order, the receipt is of the last sent. */
let sendings = 0;
let receipted = 0;

function send(form, submitter) {
  const { id } = form.closest("[data-row]");
  const text = form.closest("[data-row]").querySelector(".p-box input")?.value;
  const number = ++sendings;
  sent.set(id, text);
  if (!queues.has(id)) queues.set(id, queue());
  queues.get(id)(async () => {
    // An answer before this one may have put another row, and form, in the place of those that were there.
    await deliver(document.getElementById(form.id) ?? form, document.getElementById(id), { text, submitter, number });
    if (sent.get(id) === text) sent.delete(id);
  });
}

async function deliver(form, row, { text, submitter, number }) {
  const fields = new URLSearchParams(new FormData(form));
  if ("save" in form.dataset) fields.set(form.querySelector(".p-box input").name, text);
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  fields.set("part", "row");
  row.classList.add("p-busy");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, keepalive: true });
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (told.querySelector("[data-told]")) await whenReleased(() => place(row, told, text, number));
    else sendAsWithoutScript(form, submitter);
  } catch {
    row.classList.remove("p-busy");
    complain(row, list.dataset.unsent);
  }
}

function sendAsWithoutScript(form, submitter) {
  // A form that a script sends goes without the button that was pressed.
  if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  form.submit();
}

/** Put the row that came in the old one's place; what was typed or opened meanwhile, and the cursor, stay. */
function place(row, told, text, number) {
  const made = told.querySelector("[data-row]");
  const both = (selector) => [row, made].map((one) => one.querySelector(selector));
  const [box, fresh] = both(".p-box input");
  if (box && fresh && box.value !== text) fresh.value = box.value;
  const [reason, asked] = both("textarea");
  if (reason && asked) asked.value = reason.value;
  const [history, folded] = both("details");
  if (history?.open && folded) folded.open = true;
  const goBack = cursorOf(row, made, fresh);
  // Chromium says of a box that is taken away that it was left: what is half typed in it is nobody's number yet.
  if (box) box.value = standing(box);
  row.replaceWith(made);
  goBack();
  const receipt = told.querySelector("[data-receipt]");
  if (receipt.children.length && number > receipted) {
    list.querySelector("[data-receipt]").replaceChildren(...receipt.children);
    receipted = number;
  }
  say(told.querySelector("[data-told]").textContent.trim());
}

/** Where the cursor is in a row, as what puts it into the row that takes its place: there too, else into its box. */
function cursorOf(row, made, fresh) {
  const at = document.activeElement;
  if (!row.contains(at)) return () => {};
  const same = at.id || at.localName === "summary" ? made.querySelector(at.id ? `#${CSS.escape(at.id)}` : "summary") : null;
  // Coming into a box chooses all of it, and the next digit of a number half typed would take the first one's place.
  const range = at.matches("input, textarea") && same?.value === at.value ? [at.selectionStart, at.selectionEnd] : null;
  return () => {
    same?.focus();
    if (document.activeElement !== same) (fresh ?? made.querySelector("a")).focus();
    else if (range) same.setSelectionRange(...range);
  };
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

/** Whoever goes on to the reason that the row asks for has not left its number: both are sent together. */
function leave(field, next) {
  const goesOn = next?.form === field.form && [field, next].some(isReason);
  const box = field.form?.querySelector(".p-box input");
  if (box && !goesOn && isChanged(box)) send(field.form);
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
list?.addEventListener("focusout", ({ target, relatedTarget }) => (isBox(target) || isReason(target)) && leave(target, relatedTarget));
list?.addEventListener("keydown", (event) => {
  const { target, key } = event;
  // Enter while digits are composed takes what the keyboard proposes.
  if (!isBox(target) || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (key === "Enter") {
    event.preventDefault();
    goOn(target);
  } else if (key === "Escape") {
    target.value = standing(target);
    target.select();
  } else if (key in STEPS) step(target, event);
});
list?.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-row]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
