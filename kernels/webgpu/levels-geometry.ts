/** How sums by level are spread over workgroups: each has a range of a column's levels and four components. */
import { splitsFor, type GeometryLimits, type SumGeometry } from './geometry.js';
import { quads } from './layout.js';
import type { LevelRange } from './linear-layout.js';

/** Few enough that a row is looked at by few, and enough for one of AMD's waves. */
const WORKGROUP = 64;
const ROWS = 128;

export interface LevelsGeometry extends SumGeometry {
  /** Levels per invocation: invocation t has `owned` of the range, from t · owned on. */
  readonly owned: number;
  readonly quadsOfComponents: number;
}

/** Sums of these ranges of levels under k components. */
export function levelsGeometry(ranges: readonly LevelRange[], k: number, limits: GeometryLimits): LevelsGeometry {
  const owned = Math.ceil(Math.max(...ranges.map(({ count }) => count)) / WORKGROUP);
  const units = ranges.length * quads(k);
  const count = owned * WORKGROUP;
  const splits = splitsFor(units, units * count * 32, limits);
  return {
    ...{ owned, quadsOfComponents: quads(k), units, count, splits },
    ...{ workgroup: WORKGROUP, rows: ROWS, lanes: 1 },
    groups: units,
    partials: splits,
  };
}
