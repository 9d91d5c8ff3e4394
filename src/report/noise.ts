import { logGamma } from '../base/special/gamma.js';
import type { ColumnMarginal } from '../families/marginals.js';
import type { Bump } from './density.js';
import type { PictureInput } from './input.js';

/** What noise has of a column, in all; undefined where there is none, and of a constant column. */
export function noiseBump(
  { noise, components = [] }: Pick<PictureInput, 'noise' | 'components'>,
  column: number,
  marginal?: ColumnMarginal,
): Bump | undefined {
  if (!noise) return undefined;
  const { weight, ranges } = noise;
  const [low, high] = ranges[column];
  const deviation = (high - low) / Math.sqrt(12);
  if (marginal?.kind === 'direction') {
    const d = components[marginal.block].columns.length;
    return { weight, mean: 0, scale: 1 / Math.sqrt(d), logDensity: (t) => logAlongAxis(d, t) };
  }
  const volume = marginal?.kind === 'count' ? high - low + 1 : high - low;
  if (!(volume > 0)) return undefined;
  const logDensity = (x: number): number => (x >= low && x <= high ? -Math.log(volume) : -Infinity);
  return { weight, mean: (low + high) / 2, scale: deviation || 1, logDensity };
}

/** The density along an axis of directions that lie evenly: Γ(d/2) / (√π Γ((d − 1)/2)) · (1 − t²)^{(d − 3)/2}. */
function logAlongAxis(d: number, t: number): number {
  const normalizer = logGamma(d / 2) - logGamma((d - 1) / 2) - Math.log(Math.PI) / 2;
  return normalizer + (d === 3 ? 0 : ((d - 3) / 2) * Math.log(Math.max(0, (1 - t) * (1 + t))));
}
