// Drawing without a library: elements of SVG in the colours of the style sheet, as wide as their place.

/** An element; colours are names of tokens ("accent"), text is what stands in it. */
export function element(name, { fill, stroke, text, ...attributes } = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  if (fill) made.setAttribute("fill", fill === "none" ? fill : `var(--p-${fill})`);
  if (stroke) made.setAttribute("stroke", `var(--p-${stroke})`);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.append(text);
  return made;
}

/** Text with a halo of paper, so that lines do not run through it. */
export function label(text, attributes) {
  return element("text", { fill: "ink", "font-size": 14, stroke: "paper", "stroke-width": 4, text, ...attributes });
}

/** Lines through points [x, y]. */
export function path(points) {
  return points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** Draw a figure now and whenever its place changes its width. `paint(svg, width)` fills an empty SVG. */
export class Picture {
  constructor(figure, height, paint) {
    Object.assign(this, { figure, height, paint, canvas: figure.querySelector(".p-canvas") });
    // Its own drawing changes the height alone: only another width draws anew, or it would never end.
    new ResizeObserver(() => this.canvas.clientWidth !== this.drawn && this.draw()).observe(this.canvas);
  }

  /** Show it with its words for whoever does not see it. */
  show(words) {
    this.figure.hidden = false;
    this.canvas.setAttribute("aria-label", words);
    this.draw();
  }

  hide() {
    this.figure.hidden = true;
  }

  draw() {
    const width = this.canvas.clientWidth;
    if (this.figure.hidden || !width) return;
    this.drawn = width;
    const svg = element("svg", { width, height: this.height, "aria-hidden": "true" });
    this.paint(svg, width);
    this.canvas.replaceChildren(svg);
  }
}
