import type { GivenStart } from 'otmix';
import { density, densityGrid, mixtureDensity, type Bar, type Bump } from '../../src/report/density.js';
import { colourOf } from './colour.js';
import { svg } from './dom.js';
import type { Frame } from './frame.js';
import { toPixels, type Axis, type Domain } from './plane.js';

/** The marginals of a mixture's components on a column. */
export function bumpsOf(model: GivenStart | undefined, column: number): Bump[] {
  const { weights = [], means = [], covariances = [] } = model ?? {};
  return weights.map((weight, k) => ({
    weight,
    mean: means[k][column],
    scale: Math.sqrt(covariances[k][column][column]),
  }));
}

/** The interval of the densities' axis: bars and densities; one much higher than all bars, of a narrow component, is cut off. */
export function densityDomain(bars: readonly Bar[], bumps: readonly Bump[]): Domain {
  const highest = Math.max(...bars.map(({ height }) => height)) || 1;
  const densities = bumps.map(({ mean }) => mixtureDensity(mean, bumps));
  return [0, 1.1 * Math.max(highest, Math.min(2 * highest, Math.max(0, ...densities)))];
}

export function drawBars(bars: readonly Bar[], { across, up }: Frame): SVGElement {
  const bottom = up.pixels[0];
  const parts = bars
    .filter(({ height }) => height > 0)
    .map(({ low, high, height }) => {
      const [left, right] = [toPixels(across, low), toPixels(across, high)];
      const gap = right - left > 4 ? 1 : 0;
      return `M${left.toFixed(1)} ${bottom}V${toPixels(up, height).toFixed(1)}H${(right - gap).toFixed(1)}V${bottom}Z`;
    });
  return svg('path', { d: parts.join(''), class: 'bars' });
}

/** Draws the density of a mixture on a column, and those of its components with their numbers. */
export function drawDensities(host: SVGGElement, bumps: readonly Bump[], frame: Frame): void {
  const grid = densityGrid(frame.across.domain, bumps);
  const path = (of: (x: number) => number): string =>
    grid
      .map((x, i) => `${i === 0 ? 'M' : 'L'}${toPixels(frame.across, x).toFixed(1)} ${height(frame.up, of(x))}`)
      .join('');
  const components = bumps.map((bump, k) => {
    const group = svg('g', { class: 'component' });
    const curve = svg('path', { d: path((x) => density(x, bump)), class: 'density' });
    curve.style.stroke = colourOf(k, 'var(--lightness)');
    const top = Number(height(frame.up, density(bump.mean, bump)));
    const at = { x: toPixels(frame.across, bump.mean), y: Math.max(frame.up.pixels[1] + 14, top - 6) };
    group.append(curve, svg('text', { ...at, class: 'number', 'text-anchor': 'middle' }, String(k)));
    return group;
  });
  const whole = svg('path', { d: path((x) => mixtureDensity(x, bumps)), class: 'mixture' });
  host.replaceChildren(...(bumps.length > 1 ? [whole] : []), ...components);
}

function height(up: Axis, density: number): string {
  return Math.max(up.pixels[1] - 100, toPixels(up, density)).toFixed(1); // far above the frame, where it is clipped
}
