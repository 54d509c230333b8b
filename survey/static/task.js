// Keeps what is said of a task in the making up to date: asks for that part of the page every second while it is looked
// at, less often where nothing changes, and no more after half an hour of that: a page left open would keep somebody
// signed in for ever. When nothing is in the making any more the page is loaded anew: what was made is in its list.

const EVERY = 1_000;
const SELDOM = 30_000;
const QUIET = 30 * 60_000;
const place = document.querySelector("[data-progress]");
let shown = "";
let changed = Date.now();
let pause = EVERY;

async function refresh() {
  if (document.hidden) {
    changed = Date.now(); // the half hour is of looking
    return true;
  }
  const answer = await fetch(place.dataset.progress, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return true; // signed out, or the server is away: what stands here stays
  const part = document.createElement("div");
  part.innerHTML = await answer.text();
  // The words alone: the tokens of forms are other ones each time.
  const said = part.textContent;
  pause = said === shown ? Math.min(1.2 * pause, SELDOM) : EVERY;
  if (said !== shown) changed = Date.now();
  shown = said;
  if (!part.querySelector("[data-live]")) {
    location.reload();
    return false;
  }
  for (const next of part.querySelectorAll("[data-live]")) update(next);
  return true;
}

/** Words and numbers alone are changed: a button that has the focus keeps it. */
function update(next) {
  const heading = next.querySelector("h2");
  const now = place.querySelector(`#${heading.id}`)?.closest("section");
  if (!now) {
    place.append(next);
    return;
  }
  const [from, to] = [next, now].map((section) => section.querySelectorAll(":scope > div"));
  from.forEach((part, at) => {
    if (to[at].innerHTML !== part.innerHTML) to[at].replaceChildren(...part.childNodes);
  });
}

async function keep() {
  let goesOn = true;
  try {
    goesOn = await refresh();
  } catch {
    // The network is away: what stands here stays, and is asked for again.
  }
  if (goesOn && Date.now() - changed < QUIET) setTimeout(keep, pause);
}

setTimeout(keep, EVERY);
