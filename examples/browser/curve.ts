import { svg } from './dom.js';
import { axesOf, frameOf } from './frame.js';
import { toPixels } from './plane.js';

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
    const spare = high > low ? 0.08 * (high - low) : 0.01 * Math.abs(low) || 1;
    const frame = frameOf({ width, height }, [1, Math.max(2, points.length)], [low - spare, high + spare]);
    const { across: x, up: y } = frame;
    const place = (i: number): string => `${toPixels(x, i + 1).toFixed(1)} ${toPixels(y, values[i]).toFixed(1)}`;
    const path = points
      .map(({ epsilon }, i) => `${points[i - 1]?.epsilon === epsilon ? 'L' : 'M'}${place(i)}`)
      .join('');
    const axis = svg('g', { class: 'axis' });
    axis.append(...axesOf({ ...frame, below: frame.below.filter(({ value }) => Number.isInteger(value)) }));
    const here = { cx: toPixels(x, marked), cy: toPixels(y, values[marked - 1]), r: 5, class: 'here' };
    this.plot.replaceChildren(axis, svg('path', { d: path, class: 'descent' }), svg('circle', here));
  }
}
