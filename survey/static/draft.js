// A half-written answer outlives a reload or a way back: it stays in this tab, and is offered again.
// Nothing of it is sent. A protected survey has no form that asks for this: its pages leave no trace.

const PREFIX = "parley draft ";
const HERE = PREFIX + location.pathname;
const AT_ONCE = "parley draft at once";
const UNTYPED = new Set(["hidden", "submit", "button", "reset", "password", "file"]);

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !UNTYPED.has(field.type));
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

const typedIn = (form) =>
  JSON.stringify(fieldsOf(form).filter((f) => !isTicked(f) || f.checked).map((f) => [f.name, f.value]));

function putBack(form, draft) {
  const left = JSON.parse(draft);
  const fields = fieldsOf(form);
  for (const field of fields) {
    const place = left.findIndex(([name, value]) => name === field.name && (!isTicked(field) || value === field.value));
    const [, value] = place < 0 ? [] : left.splice(place, 1)[0];
    if (isTicked(field)) field.checked = place >= 0;
    else if (place >= 0) field.value = value;
  }
  // Told once all of it is there: a number is read in the way it was written, which is chosen behind it.
  for (const field of fields) if (!isTicked(field) || field.checked) field.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, draft) {
  const offered = document.querySelector("[data-draft-offer]");
  offered.hidden = false;
  offered.querySelector("[data-draft-back]").addEventListener("click", () => {
    putBack(form, draft);
    offered.hidden = true;
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  });
  offered.querySelector("[data-draft-drop]").addEventListener("click", () => {
    sessionStorage.removeItem(HERE);
    offered.hidden = true;
  });
}

function watch(form) {
  const first = typedIn(form);
  const kept = sessionStorage.getItem(HERE);
  const atOnce = sessionStorage.getItem(AT_ONCE) === HERE;
  // Once: a later reload is somebody's own, and is asked about.
  sessionStorage.removeItem(AT_ONCE);
  if (kept && kept !== first) (atOnce ? putBack : offer)(form, kept);
  form.addEventListener("input", () => {
    const typed = typedIn(form);
    if (typed === first) sessionStorage.removeItem(HERE);
    else sessionStorage.setItem(HERE, typed);
  });
  // A page out of the browser's own store holds a key that may be used up: it is made anew, with what stood in it.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    // Where nothing is kept, nothing was typed, or it has been saved since.
    if (sessionStorage.getItem(HERE)) sessionStorage.setItem(AT_ONCE, HERE);
    location.reload();
  });
}

function forgetAll() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
}

if (document.querySelector("[data-draft-saved]")) sessionStorage.removeItem(HERE);
for (const form of document.querySelectorAll("form[data-draft]")) watch(form);
for (const form of document.querySelectorAll("[data-forget-drafts] form")) form.addEventListener("submit", forgetAll);
