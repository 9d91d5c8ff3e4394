/** How sums of statistics are spread over workgroups: as geometry.ts says of all sums, in tiles of a rectangle. */
import { roundUp, rowStride, splitsFor, WORKGROUP, type GeometryLimits, type SumGeometry } from './geometry.js';
import { quads } from './layout.js';

/** Tiles of components to a workgroup, at most: the others are of statistics, of which there are more. */
const MOST_HIGH = 8;
/** Bytes of shared memory: more would leave fewer workgroups per core, and gain nothing. */
const SHARED_BYTES = 2 ** 14;
/** Quads of statistics from which an invocation takes two of them. */
const TWO_WIDE = 16;

/** A tile of sums has `high` quads of components by `wide` quads of statistics, four floats of each in a quad of sums. */
export interface LinearGeometry extends SumGeometry {
  readonly high: 1 | 2;
  readonly wide: 1 | 2;
  /** Tiles in all, and of a workgroup. */
  readonly tilesHigh: number;
  readonly tilesWide: number;
  readonly groupHigh: number;
  readonly groupWide: number;
  /** Workgroups that have all statistics of some components. */
  readonly groupsWide: number;
}

/** Sums of so many quads of statistics under k components. */
export function linearGeometry(statistics: number, k: number, limits: GeometryLimits): LinearGeometry {
  const high = quads(k) > 1 ? 2 : 1;
  const wide = statistics >= TWO_WIDE ? 2 : 1;
  const [tilesHigh, tilesWide] = [Math.ceil(quads(k) / high), Math.ceil(statistics / wide)];
  const [groupsHigh, groupHigh] = shared(tilesHigh, MOST_HIGH);
  const [groupsWide, groupWide] = shared(tilesWide, Math.floor(WORKGROUP / groupHigh));
  const fits = (rows: number): boolean =>
    16 * rows * (rowStride(wide * groupWide, rows) + rowStride(high * groupHigh, rows)) <=
    Math.min(SHARED_BYTES, limits.maxComputeWorkgroupStorageSize);
  const rows = [32, 16, 8].find(fits) ?? 4;
  const tiles = groupHigh * groupWide;
  const lanes = groupsHigh * groupsWide === 1 ? Math.max(1, Math.min(rows, Math.floor(WORKGROUP / tiles))) : 1;
  const [units, count] = [tilesHigh * tilesWide, 4 * high * wide];
  const begun = groupsHigh * groupsWide;
  const splits = splitsFor(begun, units * count * 32 * lanes, limits);
  return {
    ...{ high, wide, tilesHigh, tilesWide, groupHigh, groupWide, groupsWide },
    ...{ rows, lanes, splits, count, units },
    workgroup: roundUp(tiles * lanes, 32),
    groups: begun,
    partials: splits * lanes,
  };
}

/** Groups of at most so many, and how many in one where they are alike. */
function shared(tiles: number, most: number): readonly [groups: number, each: number] {
  const groups = Math.ceil(tiles / most);
  return [groups, Math.ceil(tiles / groups)];
}
