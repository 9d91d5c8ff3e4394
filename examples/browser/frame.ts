import { assign, svg, textWidth } from './dom.js';
import { toPixels, type Axis, type Domain } from './plane.js';
import { readableTicks, ticksOf, type Tick } from './ticks.js';

const MARGIN = { right: 10, top: 8, bottom: 26 };

/** Two axes in a box of pixels, and what is written along them. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly across: Axis;
  readonly up: Axis;
  readonly below: readonly Tick[];
  readonly beside: readonly Tick[];
}

/** Lays out axes of these domains; the margin beside them is as wide as its longest number, so that none is cut. */
export function frameOf(
  { width, height }: { readonly width: number; readonly height: number },
  across: Domain,
  up: Domain,
  widthOf: (text: string) => number = textWidth,
): Frame {
  const beside = ticksOf(up, Math.max(3, height / 70));
  const left = 14 + Math.max(28, ...beside.map(({ text }) => widthOf(text)));
  const bottom = height - MARGIN.bottom;
  const horizontal: Axis = { domain: across, pixels: [left, width - MARGIN.right] };
  return {
    width,
    height,
    across: horizontal,
    up: { domain: up, pixels: [bottom, MARGIN.top] },
    below: readableTicks(horizontal, widthOf),
    beside,
  };
}

/** The lines and numbers of a frame. */
export function axesOf({ width, across, up, below, beside }: Frame): SVGElement[] {
  const [left, right] = across.pixels;
  const [bottom, top] = up.pixels;
  const marks: SVGElement[] = [svg('path', { d: `M${left} ${top}V${bottom}H${right}`, fill: 'none' })];
  for (const { value, text } of below) {
    const half = textWidth(text) / 2;
    const x = Math.max(half, Math.min(width - half, toPixels(across, value)));
    marks.push(svg('text', { x, y: bottom + 18, 'text-anchor': 'middle' }, text));
  }
  for (const { value, text } of beside) {
    marks.push(svg('text', { x: left - 8, y: toPixels(up, value) + 4, 'text-anchor': 'end' }, text));
  }
  return marks;
}

/** A rectangle that cuts off what lies beyond the axes, to be referred to by its id. */
export function clipOf(id: string): { readonly defs: SVGElement; readonly fit: (frame: Frame) => void } {
  const [defs, clip, area] = [svg('defs'), svg('clipPath', { id }), svg('rect')];
  clip.append(area);
  defs.append(clip);
  const fit = ({ across, up }: Frame): void => {
    const [[x, right], [bottom, y]] = [across.pixels, up.pixels];
    assign(area, { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) });
  };
  return { defs, fit };
}
