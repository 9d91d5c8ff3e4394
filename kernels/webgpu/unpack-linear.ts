/** From the sums of a linear term, in two floats a number, to moments in float64. */
import type { LevelsGeometry } from './levels-geometry.js';
import type { LinearGeometry } from './linear-geometry.js';
import type { Entry, LevelRange } from './linear-layout.js';
import { reader } from './unpack.js';

/** What sums of a linear term are added to. */
interface LinearArrays {
  /** `[k]`. */
  readonly mass: Float64Array;
  /** `[k, width]`. */
  readonly linear?: Float64Array | undefined;
}

/** Adds sums `[tiles of components, tiles of statistics, components, quads]`, entry by entry. */
export function addStatistics(
  sums: Float32Array,
  { high, wide, tilesWide, count }: LinearGeometry,
  entries: readonly Entry[],
  { mass, linear = new Float64Array() }: LinearArrays,
): void {
  const at = reader(sums);
  const k = mass.length;
  for (let c = 0; c < k; c++) {
    const down = Math.floor(c / (4 * high));
    for (const [index, { statistic }] of entries.entries()) {
      const quad = index >> 2;
      const tile = down * tilesWide + Math.floor(quad / wide);
      const sum = at(tile * count + (c % (4 * high)) * wide + (quad % wide), index & 3);
      if (statistic === undefined) mass[c] += sum;
      else linear[(c * linear.length) / k + statistic] += sum;
    }
  }
}

/** Adds sums `[ranges, quads of components, levels an invocation owns, invocations]`, each a quad of components. */
export function addLevels(
  sums: Float32Array,
  { owned, quadsOfComponents, workgroup, count }: LevelsGeometry,
  ranges: readonly LevelRange[],
  { mass, linear = new Float64Array() }: LinearArrays,
): void {
  const at = reader(sums);
  const k = mass.length;
  for (const [index, range] of ranges.entries()) {
    for (let c = 0; c < k; c++) {
      const from = (index * quadsOfComponents + (c >> 2)) * count;
      const to = (c * linear.length) / k + range.statistic;
      for (let level = 0; level < range.count; level++) {
        const place = (level % owned) * workgroup + Math.floor(level / owned);
        linear[to + level] += at(from + place, c & 3);
      }
    }
  }
}
