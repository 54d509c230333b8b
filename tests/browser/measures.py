"""What must hold of a page in every engine, measured in the page itself."""

from .engines import Window

#: The widths at which no page may scroll sideways, and the root's text beside its own, as a browser's setting has it.
WIDTHS = (320, 390, 768, 1000, 1280)
SIZES = ("", "200%")

#: Charts are drawn anew for a new width.
DRAWN = """() => [...document.querySelectorAll("[data-chart]")].every(
  (figure) => figure.drawn === Math.floor(figure.querySelector(".p-canvas").clientWidth))"""

#: By how many pixels the page is wider than its window, with its root's text in a size.
WIDER = """(size) => {
  const root = document.documentElement;
  root.style.fontSize = size;
  return root.scrollWidth - root.clientWidth;
}"""

#: Where the parts of a page are, before and after all rules are asked again: an engine that does not see what a
#: change means for a rule (`:has(:empty)`) shows something else than the rules say.
STALE = """() => {
  const places = () => [...document.querySelectorAll("main *")].map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    return [x, y + scrollY, width, height].map(Math.round).join();
  });
  const [at, before] = [scrollY, places()];
  document.body.style.display = "none";
  document.body.offsetHeight;
  document.body.style.display = "";
  scrollTo({ top: at, behavior: "instant" });
  const after = places();
  const told = (one, place) => `${one.tagName} ${one.className}: ${before[place]} became ${after[place]}`;
  return [...document.querySelectorAll("main *")]
    .flatMap((one, place) => before[place] === after[place] ? [] : [told(one, place)]).slice(0, 3);
}"""

#: Figures and short words on more lines than they need: an engine may balance what is to be wrapped prettily.
WRAPPED = """() => [...document.querySelectorAll("main :is(p, li, dd, dt, figcaption, legend)")].flatMap((one) => {
  if (!one.checkVisibility()) return [];
  const [was, before] = [one.style.textWrap, one.getBoundingClientRect().height];
  one.style.textWrap = "wrap";
  const after = one.getBoundingClientRect().height;
  one.style.textWrap = was;
  const words = one.textContent.trim().slice(0, 40);
  return before > after + 1 ? [`${one.className} takes ${before} px where ${after} would do: ${words}`] : [];
})"""

#: Controls and their legends that lie over each other. A line's thumb is larger than the line on purpose; what stays
#: in view is looked at in its own place, for there it may hide nothing.
OVERLAPPING = """() => {
  const controls = "main :is(button, input:not([type=range]), select, textarea, legend, .p-legend)";
  const all = [...document.querySelectorAll(controls)]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width);
  const over = (a, b) => {
    const [one, other] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    return Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
      && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  };
  const staying = [...document.querySelectorAll("main *")]
    .filter((one) => getComputedStyle(one).position === "sticky");
  staying.forEach((one) => { one.style.position = "static"; });
  const name = (one) => one.name || one.textContent.trim().slice(0, 30);
  const found = all.flatMap((one, place) => all.slice(place + 1)
    .filter((other) => !one.contains(other) && !other.contains(one) && over(one, other))
    .map((other) => `${name(one)} lies over ${name(other)}`));
  staying.forEach((one) => { one.style.position = ""; });
  return found;
}"""

#: A legend shares the row of its segments wherever both have room in it.
APART = """() => [...document.querySelectorAll("main .p-segmented")].flatMap((one) => {
  const [legend, segments] = [one.querySelector(".p-legend"), one.querySelector(".p-segments")]
    .map((part) => part.getBoundingClientRect());
  const room = legend.width + segments.width + 16 <= one.getBoundingClientRect().width;
  const shared = legend.top < segments.bottom && segments.top < legend.bottom;
  const words = one.textContent.trim().slice(0, 20);
  return legend.width && room && !shared ? [`${words}: the legend has a row of its own`] : [];
})"""

#: What scrolls sideways for a wide table has no reason to scroll up and down: a second bar stands beside the page's.
DOWNWARDS = """() => [...document.querySelectorAll("main .p-scroll")]
  .filter((one) => one.checkVisibility() && one.scrollHeight > one.clientHeight + 1)
  .map((one) => `${one.ariaLabel ?? one.className}: scrolls by ${one.scrollHeight - one.clientHeight} px`)"""

MEASURES = (STALE, WRAPPED, OVERLAPPING, APART, DOWNWARDS)


def faults(window: Window, widths: tuple[int, ...]) -> list[str]:
    """What is wrong with the page as it stands: as wide as it is, then at each width with either size of text."""
    own = window.run("() => innerWidth")
    window.until(DRAWN)
    found = [fault for measure in MEASURES for fault in window.run(measure)]
    sizes = SIZES
    for width in widths:
        window.resize(width)
        for size in sizes:
            wider = window.run(WIDER, size)
            found += [f"{width} px, text {size or '100%'}: wider by {wider}"] * (wider > 0)
        # Back and forth: at its next width the page has the text that it ended with, and is laid out once less.
        sizes = sizes[::-1]
    window.run(WIDER, "")
    window.resize(own)
    window.until(DRAWN)
    return found
