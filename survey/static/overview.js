// Keeps the organizer's overview up to date: asks for its inner part once a minute and puts it in the place of the old
// one. It waits while the page is hidden, while its reader is inside the part or has something of it open, and after
// half an hour without a sign of the reader: otherwise a page left open would keep somebody signed in for ever.

const EVERY = 60_000;
const QUIET = 30 * 60_000;

const place = document.querySelector("[data-fragment]");
const note = document.querySelector("[data-fragment-note]");
let seen = Date.now();
let shown = "";

function isInUse() {
  return place.contains(document.activeElement) || place.querySelector("details[open]") !== null;
}

async function refresh() {
  if (document.hidden || Date.now() - seen > QUIET || isInUse()) return;
  const answer = await fetch(place.dataset.fragment, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return; // signed out, or the server is away: what stands here stays
  const text = await answer.text();
  // Asked again: while the answer was on its way somebody may have opened something.
  if (text === shown || isInUse()) return;
  shown = text;
  place.innerHTML = text;
  document.dispatchEvent(new Event("parley:replaced"));
}

for (const sign of ["pointermove", "keydown", "scroll"]) {
  document.addEventListener(sign, () => { seen = Date.now(); }, { passive: true });
}
if (note) note.textContent = note.dataset.fragmentNote;
setInterval(() => refresh().catch(() => {}), EVERY);
