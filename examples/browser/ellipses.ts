import type { GivenStart } from 'otmix';
import { colourOf } from './colour.js';
import { assign, svg } from './dom.js';
import type { Frame } from './frame.js';
import { ellipseOf } from './plane.js';

/** With more components numbers would hide each other. */
const NUMBERED = 64;

/** Draws the components of a mixture on columns `[across, up]`: ellipses at one and two standard deviations, and numbers. */
export function drawEllipses(
  host: SVGGElement,
  model: GivenStart | undefined,
  shown: readonly [number, number],
  frame: Frame,
): void {
  const { weights = [], means = [], covariances = [] } = model ?? {};
  while (host.children.length > weights.length) host.lastElementChild?.remove();
  const numbered = weights.length <= NUMBERED;
  while (host.children.length < weights.length) host.append(component(host.children.length, numbered));
  [...host.children].forEach((group, k) => {
    const { x, y, rx, ry, angle } = ellipseOf(means[k], covariances[k], shown, [frame.across, frame.up]);
    const radius = 3 + 9 * Math.sqrt(weights[k]);
    assign(group, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)}) rotate(${angle.toFixed(2)})` });
    const [outer, inner, centre, number] = group.children;
    assign(outer, { rx: (2 * rx).toFixed(2), ry: (2 * ry).toFixed(2) });
    assign(inner, { rx: rx.toFixed(2), ry: ry.toFixed(2) });
    assign(centre, { r: radius.toFixed(2) });
    if (number) assign(number, { transform: `rotate(${(-angle).toFixed(2)})`, x: radius + 2, y: -radius / 2 });
  });
}

function component(k: number, numbered: boolean): SVGGElement {
  const group = svg('g', { class: 'component' });
  const [outer, inner, centre] = [
    svg('ellipse', { class: 'outer' }),
    svg('ellipse', { class: 'inner' }),
    svg('circle'),
  ];
  const colour = colourOf(k, 'var(--lightness)');
  for (const ellipse of [outer, inner]) ellipse.style.stroke = colour;
  for (const shape of [inner, centre]) shape.style.fill = colour;
  group.append(outer, inner, centre);
  if (numbered) group.append(svg('text', { class: 'number' }, String(k)));
  return group;
}
