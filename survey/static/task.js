// Keeps what is said of a task in the making up to date: asks for that part of the page every second while it is looked
// at. When nothing is in the making any more the page is loaded anew: what was made is in its list.

const EVERY = 1_000;
const place = document.querySelector("[data-progress]");

async function refresh() {
  if (document.hidden) return true;
  const answer = await fetch(place.dataset.progress, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return true; // signed out, or the server is away: what stands here stays
  const part = document.createElement("div");
  part.innerHTML = await answer.text();
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
  if (goesOn) setTimeout(keep, EVERY);
}

setTimeout(keep, EVERY);
