// A probability: its box, the words beside it and, where there is one, the line beneath are one control.
// An untouched one has no thumb and no value; the line has no name, so the box alone is ever sent.

import { check, settle, whenReleased } from "./checks.js";
import { inPoints, ofPoints, readChance, saidPercent, writeChance } from "./numbers.js";
import { KEYS, putThumb, ticks } from "./slider.js";
import { chanceAt, place, stepped } from "./steps.js";
import { inWords, likelihood } from "./wording.js";

const MIDDLE = 50;

export class Probability {
  /** `settings`: words, lowest and highest (percent points), and format(), the way numbers are written now. */
  constructor(row, settings) {
    Object.assign(this, { row, settings });
    this.box = row.querySelector(".p-box input");
    this.output = row.querySelector("output");
    this.line = row.querySelector(".p-slider input");
    this.label = row.querySelector("label").textContent.trim();
    this.typed = { text: this.box.value, format: settings.format() };
    this.box.addEventListener("input", () => this.#type());
    this.box.addEventListener("keydown", (event) => this.#press(event, false));
    this.box.addEventListener("blur", () => whenReleased(() => check(this.box, this.#complaint())));
    if (this.line) this.#startLine();
    settle(this.box);
    this.rewrite(settings.format());
  }

  /** The chance in percent points, null where the box holds none. */
  get points() {
    const chance = this.#chance();
    const points = chance && inPoints(chance);
    return points !== null && points >= 0 && points <= 100 ? points : null;
  }

  get empty() {
    return !this.box.value.trim();
  }

  /** Put a chance into the box, as if it had been typed. */
  set(points) {
    this.box.value = writeChance(ofPoints(points), this.settings.format(), this.settings.words);
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Write what was typed in another way. Changing back brings the typed text itself back. */
  rewrite(format) {
    const chance = this.#chance();
    if (format === this.typed.format) this.box.value = this.typed.text;
    else if (chance && chance.part > 0n && chance.part < chance.whole) this.box.value = writeChance(chance, format, this.settings.words);
    else this.typed.format = format;
    this.box.inputMode = format === "percent" ? "decimal" : "text";
    this.draw();
  }

  draw() {
    const { points } = this;
    this.#say(this.#outside ? null : points);
    this.row.classList.toggle("p-wordless", !this.output.textContent); // WebKit asks :has(:empty) once, and never again
    check(this.box, this.#complaint());
    if (this.line) this.#drawLine(this.#outside ? null : points);
  }

  #chance() {
    return this.typed.text.trim() ? readChance(this.typed.text, this.typed.format) : null;
  }

  #type() {
    settle(this.box);
    this.typed = { text: this.box.value, format: this.settings.format() };
    this.draw();
  }

  /** People out of a few, or percent where the box itself says it otherwise; beside the large box how likely too. */
  #say(points) {
    if (points === null) return this.output.replaceChildren(this.empty ? this.output.dataset.untouched : "");
    const { words } = this.settings;
    const said = [inWords(points, words), likelihood(points, words)];
    if (this.settings.format() !== "percent") said.unshift(saidPercent(points));
    const strong = document.createElement("strong");
    strong.append(said[0]);
    if (this.line) this.output.replaceChildren(strong, said.slice(1).join(" · "));
    else this.output.replaceChildren(said[0]);
  }

  get #outside() {
    const chance = this.#chance();
    const points = chance && inPoints(chance);
    return points !== null && (points < this.settings.lowest || points > this.settings.highest);
  }

  /** What is wrong with the text, once its writer has left the box: "1:" may become "1:7". */
  #complaint() {
    if (document.activeElement === this.box || this.empty) return "";
    if (this.#outside) return this.settings.words.outside;
    return this.points === null ? this.settings.words.unreadable[this.settings.format()] : "";
  }

  #startLine() {
    const slider = this.line.parentElement;
    this.untouched = this.line.getAttribute("aria-valuetext");
    slider.hidden = false;
    slider.append(ticks(this.settings));
    this.line.addEventListener("input", () => this.set(chanceAt(this.line.valueAsNumber, this.settings)));
    // A touch where the hidden thumb stands moves nothing, and is a choice all the same.
    this.line.addEventListener("pointerup", () => this.empty && this.set(chanceAt(this.line.valueAsNumber, this.settings)));
    this.line.addEventListener("keydown", (event) => this.#press(event, true));
    // Whoever moves the thumb hears the line itself; the words are for whoever types.
    this.line.addEventListener("focus", () => this.output.setAttribute("aria-live", "off"));
    this.line.addEventListener("blur", () => this.output.removeAttribute("aria-live"));
  }

  #drawLine(points) {
    const at = points === null ? MIDDLE : place(points, this.settings);
    const few = points === null ? "" : `${inWords(points, this.settings.words)}, ${likelihood(points, this.settings.words)}`;
    putThumb(this.line, at);
    this.line.setAttribute("aria-valuetext", points === null ? this.untouched : `${saidPercent(points)}, ${few}`);
    this.line.parentElement.classList.toggle("p-untouched", points === null);
  }

  /** Arrow keys step; in the box, left and right belong to the cursor, as do Home and End. */
  #press(event, onLine) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const ends = { Home: this.settings.lowest, End: this.settings.highest };
    const sideways = ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key);
    if (!(event.key in KEYS || event.key in ends) || (sideways && !onLine)) return;
    event.preventDefault();
    if (event.key in ends) return this.set(ends[event.key]);
    const large = event.shiftKey || event.key.startsWith("Page");
    // From nothing the first key only puts the thumb into the middle.
    this.set(this.points === null ? MIDDLE : stepped(this.points, KEYS[event.key], large, this.settings));
  }
}

/** All probabilities of a form; changing "Say it as" rewrites every box. */
export function probabilities(form) {
  const format = () => form.elements.namedItem("format")?.value || "percent";
  const { lowest, highest, words } = form.dataset;
  const settings = { lowest: Number(lowest), highest: Number(highest), words: JSON.parse(words), format };
  const all = [...form.querySelectorAll("[data-chance]")].map((row) => new Probability(row, settings));
  form.addEventListener("input", (event) => {
    if (event.target.name === "format") for (const one of all) one.rewrite(format());
  });
  return all;
}
