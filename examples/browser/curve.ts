import { svg } from './dom.js';
import { tickText, ticksOf, toPixels } from './plane.js';

const MARGIN = { left: 56, right: 10, top: 8, bottom: 22 };

export interface CurvePoint {
  readonly objective: number;
  readonly epsilon: number;
}

/** The objective by iteration. It breaks where ε changes, since F is another function then. */
export class Curve {
  private readonly plot = svg('svg', { role: 'img', 'aria-label': 'Objective by iteration' });
  private points: readonly CurvePoint[] = [];
  private marked = 0;

  constructor(private readonly host: HTMLElement) {
    host.append(this.plot);
    new ResizeObserver(() => this.draw()).observe(host);
  }

  /** Draws these points, and marks the iteration that is shown, from 1. */
  show(points: readonly CurvePoint[], marked: number): void {
    this.points = points;
    this.marked = marked;
    this.draw();
  }

  private draw(): void {
    const { points, marked } = this;
    const { width, height } = this.host.getBoundingClientRect();
    if (points.length === 0 || width === 0) {
      this.plot.replaceChildren();
      return;
    }
    const values = points.map(({ objective }) => objective);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const spare = high > low ? 0.08 * (high - low) : 0.5;
    const bottom = height - MARGIN.bottom;
    const x = { domain: [1, Math.max(2, points.length)], pixels: [MARGIN.left, width - MARGIN.right] } as const;
    const y = { domain: [low - spare, high + spare], pixels: [bottom, MARGIN.top] } as const;
    const place = (i: number): string => `${toPixels(x, i + 1).toFixed(1)} ${toPixels(y, values[i]).toFixed(1)}`;
    const path = points
      .map(({ epsilon }, i) => `${points[i - 1]?.epsilon === epsilon ? 'L' : 'M'}${place(i)}`)
      .join('');
    const axis = svg('g', { class: 'axis' });
    axis.append(svg('path', { d: `M${MARGIN.left} ${MARGIN.top}V${bottom}H${width - MARGIN.right}`, fill: 'none' }));
    const beside = ticksOf(y.domain, 4);
    for (const value of beside) {
      const at = { x: MARGIN.left - 8, y: toPixels(y, value) + 4, 'text-anchor': 'end' };
      axis.append(svg('text', at, tickText(beside)(value)));
    }
    const below = ticksOf(x.domain, Math.min(points.length, 8)).filter(Number.isInteger);
    for (const value of below) {
      axis.append(svg('text', { x: toPixels(x, value), y: bottom + 17, 'text-anchor': 'middle' }, String(value)));
    }
    const here = { cx: toPixels(x, marked), cy: toPixels(y, values[marked - 1]), r: 5, class: 'here' };
    this.plot.replaceChildren(axis, svg('path', { d: path, class: 'descent' }), svg('circle', here));
  }
}
