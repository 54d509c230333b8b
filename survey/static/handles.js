// Handles on the picture of what is typed: each is a slider, for a mouse, a finger or the arrow keys. What it says is
// written into its box as if it had been typed; the box is the truth, and alone is sent.
//
// A handle stops at its neighbours and does not push them: who drags one number has said nothing of the others.

const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 1, PageDown: -1 };

export class Handles {
  /** `along` is x or y. `put(one, value)` writes a value, `step(one, value, direction, large)` says where a key leads,
      `begin(one)` what the first key on nothing does where it is not to write `start`, `released()` is told that a drag
      is over. */
  constructor(canvas, along, { put, step, begin = null, released = () => {} }) {
    Object.assign(this, { along, put, step, begin, released, held: null, marks: new Map(), places: new Map() });
    this.room = document.createElement("div");
    this.room.className = "p-handles";
    canvas.after(this.room);
  }

  get dragging() {
    return this.held !== null;
  }

  focus(one) {
    this.places.get(one)?.focus({ preventScroll: true });
  }

  /** Put a handle on each mark: its `one` (with its `box`), `name`, place (`x`, `y`), `value` or null, `low` and `high`
      (where it stops), `start` (what the first key gives to nothing), `said`, and `track`, the heights between which
      an untouched one can be put; along x `across`, the whole place for that. A `draft` is a value that nobody has
      said yet: it is by Enter, as by any move. `valueAt` reads a place in pixels. */
  show(marks, valueAt) {
    this.valueAt = valueAt;
    this.marks = new Map(marks.map((mark) => [mark.one, mark]));
    for (const [one, place] of this.places) {
      if (this.marks.has(one)) continue;
      place.remove();
      this.places.delete(one);
    }
    for (const mark of marks) this.#draw(mark, this.places.get(mark.one) ?? this.#add(mark.one));
  }

  #add(one) {
    const place = document.createElement("span");
    place.setAttribute("role", "slider");
    place.setAttribute("aria-orientation", this.along === "x" ? "horizontal" : "vertical");
    place.tabIndex = 0;
    place.addEventListener("keydown", (event) => this.#press(event, one));
    place.addEventListener("pointerdown", (event) => this.#hold(event));
    place.addEventListener("pointermove", (event) => this.#move(event));
    place.addEventListener("pointerup", () => this.#release());
    place.addEventListener("pointercancel", () => this.#release(true));
    // An untouched one is put where it is touched; a finger that goes on scrolls the page.
    place.addEventListener("click", (event) => this.#touch(event, one));
    this.places.set(one, place);
    this.room.append(place);
    return place;
  }

  #draw({ name, x, y, value, low, high, said, track, across }, place) {
    const empty = value === null;
    const wide = empty && across;
    place.className = `p-handle${empty ? " p-track" : ""}${wide ? " p-across" : ""}`;
    place.style.setProperty("inset-inline-start", `${wide ? across[0] : x}px`);
    place.style.setProperty("inline-size", wide ? `${across[1] - across[0]}px` : "");
    place.style.setProperty("inset-block-start", `${empty ? track[0] : y}px`);
    place.style.setProperty("block-size", empty ? `${track[1] - track[0]}px` : "");
    const told = { label: name, valuemin: low, valuemax: high, valuenow: empty ? low : value, valuetext: said };
    for (const [key, words] of Object.entries(told)) place.setAttribute(`aria-${key}`, words);
  }

  #pixels(event) {
    const { left, top } = this.room.getBoundingClientRect();
    return this.along === "x" ? event.clientX - left : event.clientY - top;
  }

  #put(one, value) {
    const { low, high, value: before } = this.marks.get(one);
    const next = Math.min(high, Math.max(low, value));
    if (next !== before) this.put(one, next);
  }

  #press(event, one) {
    if (event.key === "Escape" && this.held) return this.#release(true);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { value, low, high, start, draft } = this.marks.get(one);
    const ends = { Home: low, End: high };
    const agrees = draft && (event.key === "Enter" || event.key === " ");
    if (!(agrees || event.key in KEYS || event.key in ends)) return;
    event.preventDefault();
    if (agrees) return this.put(one, value);
    if (value === null && this.begin) return this.begin(one);
    if (event.key in ends) return this.#put(one, ends[event.key]);
    const large = event.shiftKey || event.key.startsWith("Page");
    this.#put(one, value === null ? start : this.step(one, value, KEYS[event.key], large));
  }

  #touch(event, one) {
    // Without a press there is no place: a screen reader clicks, and then the keys are the way.
    if (this.marks.get(one).value !== null || !event.detail) return;
    const nearest = this.#nearest(event, (mark) => mark.value === null);
    this.#put(nearest.one, this.valueAt(this.#pixels(event)));
    this.focus(nearest.one);
  }

  /** Of handles that lie over each other the nearest is meant. */
  #nearest({ clientX, clientY }, which) {
    const { left, top } = this.room.getBoundingClientRect();
    const away = ({ x, y }) => Math.hypot(clientX - left - x, y === null ? 0 : clientY - top - y);
    return [...this.marks.values()].filter(which).reduce((best, next) => (away(next) < away(best) ? next : best));
  }

  #hold(event) {
    if (event.button || event.currentTarget.classList.contains("p-track")) return;
    const nearest = this.#nearest(event, (mark) => mark.value !== null);
    event.preventDefault();
    const { one } = nearest;
    const place = this.places.get(one);
    place.setPointerCapture(event.pointerId);
    place.focus({ preventScroll: true });
    this.held = { one, text: one.box.value, off: this.#pixels(event) - nearest[this.along] };
  }

  #move(event) {
    if (this.held) this.#put(this.held.one, this.valueAt(this.#pixels(event) - this.held.off, this.held.one));
  }

  /** `back`: nothing was meant, and what was typed stands again as it was. */
  #release(back = false) {
    if (!this.held) return;
    const { one, text } = this.held;
    this.held = null;
    if (back && one.box.value !== text) {
      one.box.value = text;
      one.box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.released();
  }
}
