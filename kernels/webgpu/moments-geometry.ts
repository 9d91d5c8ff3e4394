/**
 * How moments of full components are spread over workgroups. A lane has one component, and in registers the sums of a
 * tile of its second moments. Rows are staged in shared memory, where all lanes read the same; some lanes share a
 * component, and take quads of rows in turn. In which order rows are summed depends on k and d alone, on no tile.
 */
import { BLOCK_ROWS, quads } from './layout.js';
import { roundUp, sharedBytes, splitsFor, type GeometryLimits, type SumGeometry } from './geometry.js';

/** Lanes of a workgroup, and of those the ones that share a component, at most. */
const LANES = 256;
const MOST_SHARES = 16;
/** Components of a workgroup at most: lanes of a wide subgroup. */
const MOST_COMPONENTS = 64;
/** Subgroups may be as wide as this: a workgroup that fills only part of the last one leaves lanes idle. */
const SUBGROUP = 64;
const MOST_SPLITS = 256;
/** What staging a block of rows costs all of a workgroup together, in rows that a lane adds. */
const STAGING = 380;
/** Sums that a lane has of a tile off the diagonal, at most. */
const SUMS = 144;

/** How tiles are cut, and when rows are read; no bit depends on it. */
export interface MomentCut {
  /** Columns along the side of a tile, at the most: where lanes have 256 registers, 128, and where code is slow to compile. */
  readonly side: 16 | 8 | 4;
  /** Whether the next rows are read before those that are staged are summed: registers hold them meanwhile. */
  readonly ahead: boolean;
}

/** Ways to cut, the usual one of most devices first, that of devices with few registers last. */
export const momentCuts: readonly MomentCut[] = [
  { side: 16, ahead: true },
  { side: 16, ahead: false },
  { side: 8, ahead: false },
];

/** Vendors whose lanes have 128 registers or fewer, as adapters call them; and NVK, Mesa's, whose compiler runs out of 255. */
const FEW_REGISTERS = /^(apple|arm|qualcomm|img-tec|broadcom)\b|\bNVK\b/;

/**
 * Drivers that run on the CPU, where LLVM takes minutes over the sums of a tile of 16 columns; and Intel's lanes, which have
 * 128 registers in subgroups of 8, and half as many in those of 16.
 */
const FEWEST = /llvmpipe|swiftshader|^intel\b/i;

/** The cut that suits most devices of a vendor. */
export function usualCut(adapter: string): MomentCut {
  if (FEWEST.test(adapter)) return { side: 4, ahead: false };
  return FEW_REGISTERS.test(adapter) ? momentCuts[2] : momentCuts[0];
}

export interface MomentGeometry extends SumGeometry, Pick<MomentCut, 'ahead'> {
  /** Components of a workgroup, and lanes that share one. */
  readonly components: number;
  readonly shares: number;
  /**
   * Tiles on the diagonal: lower triangles of `height` columns, with first moments and the mass. Or those below it: `parts`
   * side by side, of `height` rows and `width` columns each.
   */
  readonly triangular: boolean;
  readonly height: number;
  readonly width: number;
  readonly parts: number;
  readonly tiles: number;
  /** Quads of sums of a tile. */
  readonly tileQuads: number;
}

/** Tiles on the diagonal and below it, if there are any, of matrices of d columns. */
export function momentGeometries(
  d: number,
  k: number,
  { side, ahead }: MomentCut,
  limits: GeometryLimits,
): MomentGeometry[] {
  const { components, shares } = lanesFor(k);
  const groups = Math.ceil(k / components);
  const sums = ((d + 1) * (d + 2)) / 2;
  // Of no tile's size: the order of sums depends on it.
  const splits = splitsFor(groups * Math.ceil(sums / SUMS), 32 * k * quads(sums), limits, MOST_SPLITS);
  return tilesOf(d, side).map((cut) => {
    const tileQuads = quads(sumsOf(cut));
    return {
      ...cut,
      ...{ components, shares, ahead, splits, tileQuads, lanes: 1, units: k },
      rows: rowsFor(cut, { components, shares }, limits),
      workgroup: roundUp(components * shares, 32),
      groups: groups * cut.tiles,
      count: cut.tiles * tileQuads,
      partials: splits,
    };
  });
}

type Tiles = Pick<MomentGeometry, 'triangular' | 'height' | 'width' | 'parts' | 'tiles'>;
type Lanes = Pick<MomentGeometry, 'components' | 'shares'>;

function tilesOf(d: number, side: number): Tiles[] {
  const blocks = Math.ceil(d / side);
  const height = Math.ceil(d / blocks);
  const parts = Math.ceil((height * height) / SUMS);
  const pairs = (blocks * (blocks - 1)) / 2;
  return [
    { triangular: true, height, width: height, parts: 1, tiles: blocks },
    { triangular: false, height, width: Math.ceil(height / parts), parts, tiles: pairs * parts },
  ].filter(({ tiles }) => tiles > 0);
}

/** Sums of a tile: of the second moments, and on the diagonal of first moments and masses besides. */
function sumsOf({ triangular, height, width }: Tiles): number {
  return triangular ? (height * (height + 1)) / 2 + height + 1 : height * width;
}

/** How many components a workgroup has, so that few lanes are idle and few rows are a lane's: the most of equal ones. */
function lanesFor(k: number): Lanes {
  const all = Array.from({ length: Math.min(k, MOST_COMPONENTS) }, (_, index) => {
    const components = Math.min(k, MOST_COMPONENTS) - index;
    const shares = Math.min(MOST_SHARES, 2 ** Math.floor(Math.log2(LANES / components)));
    const subgroups = Math.ceil((components * shares) / SUBGROUP) * Math.ceil(k / components);
    const staging = STAGING / (components * shares);
    return { components, shares, cost: subgroups * (BLOCK_ROWS / shares + shares + staging) };
  });
  return all.reduce((best, one) => (one.cost < best.cost ? one : best));
}

/** Rows that are staged at once: quads of which every lane has as many, in the shared memory that there is. */
function rowsFor(cut: Tiles, { components, shares }: Lanes, limits: GeometryLimits): number {
  const bytes = (rows: number): number =>
    16 * (components * planStride(rows) + quads(rows) * rowStride(stagedQuads(cut)));
  const least = 4 * shares;
  return [256, 128, 64].find((rows) => rows >= least && bytes(rows) <= sharedBytes(limits)) ?? Math.max(32, least);
}

/** Quads of columns that are staged of a row: those of the tile's rows, and of its columns where these are others. */
export function stagedQuads({ triangular, height, width }: Tiles): number {
  return quads(height) + (triangular ? 0 : quads(width));
}

/** Quads from one staged quad of rows to the next, and from one component's plan to the next: odd, for memory's banks. */
export const rowStride = (columns: number): number => 4 * columns + 1;
export const planStride = (rows: number): number => quads(rows) + 1;
