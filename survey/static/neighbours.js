// Alt with Page Up and Page Down lead to the question before and after: no letter, which somebody may be typing, and
// no arrow, with which Alt goes back in the browser's own history.

const WAYS = { PageUp: "prev", PageDown: "next" };

/** Whether a form holds what would be lost: without a draft of it (a protected survey keeps none) nothing brings it back. */
function wouldLose() {
  const form = document.querySelector("form[data-kind]:not([data-draft])");
  return Boolean(form) && [...form.querySelectorAll(".p-box input, textarea")].some((field) => field.value !== field.defaultValue);
}

document.addEventListener("keydown", (event) => {
  const link = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && document.querySelector(`.p-around [rel="${WAYS[event.key]}"]`);
  if (!link) return;
  event.preventDefault();
  // The first press only goes to the link, the second follows it: whoever meant it has lost nothing. A key held down
  // is one press.
  if (event.repeat) return;
  if (wouldLose() && document.activeElement !== link) link.focus();
  else link.click();
});
