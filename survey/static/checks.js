// A soft word at a field while somebody types: nothing is refused by it, and it goes as it came.

/** Say a sentence under a box; an empty one takes the last away. The server's own stands alone as long as it stands. */
export function check(box, words) {
  const sentence = box.hasAttribute("aria-invalid") ? "" : words;
  const row = box.closest(".p-line, .p-group");
  const id = `${box.id}-check`;
  let note = document.getElementById(id);
  if (!note && !sentence) return;
  if (!note) {
    note = Object.assign(document.createElement("p"), { id, className: "p-check" });
    note.setAttribute("role", "status");
    const line = row.querySelector(":scope > .p-slider");
    if (line) line.before(note);
    else row.append(note);
  }
  if (note.textContent !== sentence) note.textContent = sentence;
  note.hidden = !sentence;
  describe(box, id, Boolean(sentence));
}

let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = false; }, true);

/** Do something that moves the page, but not under a finger or mouse that is down: its click would be lost. Resolves
    when it is done. */
export async function whenReleased(act) {
  if (pressed) {
    await new Promise((released) => {
      for (const end of ["pointerup", "pointercancel"]) {
        document.addEventListener(end, () => setTimeout(released), { once: true });
      }
    });
  }
  act();
}

/** What the server said of a box was said of another text: it goes with the first change, also one made before
    this script was there. */
export function settle(box) {
  if (!box.hasAttribute("aria-invalid") || box.value === box.defaultValue) return;
  const id = box.getAttribute("aria-errormessage");
  document.getElementById(id)?.remove();
  document.getElementById(`${box.id}-offer`)?.remove();
  box.removeAttribute("aria-invalid");
  box.removeAttribute("aria-errormessage");
  describe(box, id, false);
}

function describe(box, id, belongs) {
  const ids = new Set((box.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (belongs) ids.add(id);
  else ids.delete(id);
  if (ids.size) box.setAttribute("aria-describedby", [...ids].join(" "));
  else box.removeAttribute("aria-describedby");
}
