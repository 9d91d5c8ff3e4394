import type { GivenStart } from 'otmix';
import { colourOf } from './colour.js';
import { assign, svg } from './dom.js';
import { domainOf, ellipseOf, tickText, ticksOf, toPixels, type Axis } from './plane.js';
import type { Table } from './table.js';

const MARGIN = { left: 44, right: 8, top: 8, bottom: 26 };
const POINT = 1.5;

/** Rows as points on two columns, with the components' ellipses at one and two standard deviations above them. */
export class Scatter {
  private readonly canvas = document.createElement('canvas');
  private readonly axes = svg('g', { class: 'axis' });
  private readonly ellipses = svg('g');
  private rows: Table | undefined;
  private shown: readonly [number, number] = [0, 0];
  private labels: Int32Array | undefined;
  private model: GivenStart | undefined;
  private across: Axis = { domain: [0, 1], pixels: [0, 1] };
  private up: Axis = { domain: [0, 1], pixels: [0, 1] };

  constructor(private readonly host: HTMLElement) {
    const overlay = svg('svg', { role: 'img', 'aria-label': 'Rows, and the ellipses of the components' });
    overlay.append(this.axes, this.ellipses);
    host.append(this.canvas, overlay);
    new ResizeObserver(() => this.draw()).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  /** Draws these rows on columns `[across, up]`. */
  show(rows: Table, columns: readonly [number, number]): void {
    this.rows = rows;
    this.shown = columns;
    this.draw();
  }

  /** Colours the points by component, −1 for none; or takes their colours away. */
  label(labels: Int32Array | undefined): void {
    this.labels = labels;
    this.draw();
  }

  /** Draws the ellipses of a mixture, or none. */
  fitted(model: GivenStart | undefined): void {
    this.model = model;
    const { weights = [], means = [], covariances = [] } = model ?? {};
    while (this.ellipses.children.length > weights.length) this.ellipses.lastElementChild?.remove();
    while (this.ellipses.children.length < weights.length)
      this.ellipses.append(component(this.ellipses.children.length));
    [...this.ellipses.children].forEach((group, k) => {
      const { x, y, rx, ry, angle } = ellipseOf(means[k], covariances[k], this.shown, [this.across, this.up]);
      assign(group, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)}) rotate(${angle.toFixed(2)})` });
      const [outer, inner, centre] = group.children;
      assign(outer, { rx: (2 * rx).toFixed(2), ry: (2 * ry).toFixed(2) });
      assign(inner, { rx: rx.toFixed(2), ry: ry.toFixed(2) });
      assign(centre, { r: (3 + 9 * Math.sqrt(weights[k])).toFixed(2) });
    });
  }

  private draw(): void {
    const { rows, canvas } = this;
    const { width, height } = this.host.getBoundingClientRect();
    if (!rows || width === 0) return;
    const [i, j] = this.shown;
    const [x, y] = [rows.columns[i].values, rows.columns[j].values];
    this.across = { domain: domainOf(x), pixels: [MARGIN.left, width - MARGIN.right] };
    this.up = { domain: domainOf(y), pixels: [height - MARGIN.bottom, MARGIN.top] };
    this.drawAxes(width, height);
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    const context = canvas.getContext('2d');
    if (context) this.drawPoints(context, x, y);
    this.fitted(this.model);
  }

  private drawPoints(context: CanvasRenderingContext2D, x: ArrayLike<number>, y: ArrayLike<number>): void {
    const { across, up, labels } = this;
    const style = getComputedStyle(this.host);
    const lightness = style.getPropertyValue('--lightness');
    context.scale(devicePixelRatio, devicePixelRatio);
    context.globalAlpha = Math.min(0.8, Math.max(0.25, 40 / Math.sqrt(x.length)));
    context.fillStyle = style.color;
    for (let row = 0; row < x.length; row++) {
      const [left, top] = [toPixels(across, x[row]), toPixels(up, y[row])];
      if (!(left >= across.pixels[0] && top <= up.pixels[0])) continue; // beside the axes, or missing
      if (labels) context.fillStyle = labels[row] < 0 ? style.color : colourOf(labels[row], lightness);
      context.fillRect(left - POINT / 2, top - POINT / 2, POINT, POINT);
    }
  }

  private drawAxes(width: number, height: number): void {
    const { across, up } = this;
    const [left, bottom] = [MARGIN.left, height - MARGIN.bottom];
    const marks: SVGElement[] = [
      svg('path', { d: `M${left} ${MARGIN.top}V${bottom}H${width - MARGIN.right}`, fill: 'none' }),
    ];
    const below = ticksOf(across.domain, width / 90);
    const beside = ticksOf(up.domain, height / 70);
    const [belowText, besideText] = [tickText(below), tickText(beside)];
    for (const value of below) {
      const x = toPixels(across, value);
      marks.push(svg('text', { x, y: bottom + 18, 'text-anchor': 'middle' }, belowText(value)));
    }
    for (const value of beside) {
      const y = toPixels(up, value);
      marks.push(svg('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, besideText(value)));
    }
    this.axes.replaceChildren(...marks);
  }
}

function component(k: number): SVGGElement {
  const group = svg('g', { class: 'component' });
  const colour = colourOf(k, 'var(--lightness)');
  group.append(svg('ellipse', { class: 'outer' }), svg('ellipse', { class: 'inner' }), svg('circle'));
  for (const shape of group.children) (shape as SVGElement).style.setProperty('stroke', colour);
  const [, inner, centre] = group.children;
  (inner as SVGElement).style.setProperty('fill', colour);
  (centre as SVGElement).style.setProperty('fill', colour);
  (centre as SVGElement).style.removeProperty('stroke');
  return group;
}
