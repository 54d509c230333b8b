// A bar for each chance of a list, as long as it is likely.

/** Give every row its bar, empty as long as its box is. */
export function startShares(all) {
  for (const one of all) {
    const bar = document.createElement("span");
    bar.className = "p-share";
    bar.setAttribute("aria-hidden", "true");
    one.row.append(bar);
  }
}

export function drawShares(all) {
  for (const one of all) one.row.querySelector(".p-share").style.setProperty("--p-at", (one.points ?? 0) / 100);
}
