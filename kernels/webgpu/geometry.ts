/**
 * How a sum over rows is spread over workgroups. An invocation keeps one tile of sums in registers and walks over rows
 * that its workgroup stages in shared memory; nothing is added atomically. Rows go to splits by blocks of 1024: block b
 * to split b mod splits. So the order of every sum, and its last bit, depends on d and k alone and on nothing that is
 * tuned.
 */
import { BLOCK_ROWS, COMPONENT_STEP, quads, TILE_ROWS } from './layout.js';

/** Invocations that a workgroup aims at, and at most has. */
export const WORKGROUP = 128;
const WIDEST_WORKGROUP = 256;
/** Workgroups that keep a large GPU busy. */
const BUSY = 1024;
const MOST_SPLITS = 128;
/** Bytes for partial sums, and of shared memory (more would leave fewer workgroups per core), at most. */
const PARTIALS_LIMIT = 3 * 2 ** 23;
const SHARED_LIMIT = 2 ** 15;

/** What a device allows, bytes. */
export interface GeometryLimits {
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxStorageBufferBindingSize: number;
}

export interface SumGeometry {
  readonly workgroup: number;
  /** Rows staged at once, a multiple of 4 that divides 256. */
  readonly rows: number;
  /** Invocations that share a tile of sums, each taking every lanes-th row. */
  readonly lanes: number;
  readonly splits: number;
  /** Workgroups of one split. */
  readonly groups: number;
  /** Quads of sums of one component (or quad of components) in one partial. */
  readonly count: number;
  /** Partials, each `[units, count]`; units are components or quads of components. */
  readonly partials: number;
  readonly units: number;
}

/** Second moments as matrices: lower triangles in square tiles. */
export interface ScatterGeometry extends SumGeometry {
  /** Quads along the side of a tile of sums. */
  readonly side: 1 | 2;
  /** Tiles along the diagonal, and in all. */
  readonly diagonals: number;
  readonly tiles: number;
  /** Components per workgroup, or 1 where one has more tiles than a workgroup invocations. */
  readonly components: number;
  readonly tilesPerGroup: number;
  readonly tileGroups: number;
}

/** What may be tuned: the order of no sum depends on it. */
export interface ScatterShape {
  readonly side: 1 | 2;
  readonly components: number;
}

/** Sums Σ p u uᵀ of `units` matrices of `size` columns, by squares of `mostSide` quads where they are many. */
export function scatterGeometry(
  size: number,
  units: number,
  limits: GeometryLimits,
  mostSide: 1 | 2 = 2,
): ScatterGeometry {
  const side = size > 32 ? mostSide : 1;
  const { tilesPerGroup } = tilesOf(size, side);
  let components = Math.min(units, Math.max(1, Math.floor(WORKGROUP / tilesPerGroup)));
  while (components > 1 && !fits(size, { side, components }, 16, limits)) components--;
  const shape = { side, components } as const;
  const rows = [32, 16, 8, 4].find((count) => fits(size, shape, count, limits)) ?? 4;
  const whole = components === units;
  const lanes = whole ? Math.max(1, Math.min(rows, Math.floor(WORKGROUP / (tilesPerGroup * components)))) : 1;
  const one = assemble(size, units, shape, { rows, lanes, splits: 1 });
  const splits = splitsFor(one.groups, units * one.count * 32 * lanes, limits);
  return assemble(size, units, shape, { rows, lanes, splits });
}

/** Other ways to cut the same sums, with the same bits. */
export function scatterAlternatives(
  size: number,
  geometry: ScatterGeometry,
  limits: GeometryLimits & { readonly maxComputeInvocationsPerWorkgroup: number },
): readonly ScatterGeometry[] {
  const { units, rows, lanes, splits, components } = geometry;
  if (lanes > 1) return []; // all components are in one workgroup already
  const counts = [1, Math.ceil(components / 2), components, 2 * components];
  return ([1, 2] as const)
    .flatMap((side) => [...new Set(counts)].map((count) => ({ side, components: Math.min(count, units) })))
    .filter((shape) => shape.side !== geometry.side || shape.components !== components)
    .filter((shape) => fits(size, shape, rows, limits))
    .map((shape) => assemble(size, units, shape, { rows, lanes, splits }))
    .filter(({ workgroup }) => workgroup <= Math.min(WIDEST_WORKGROUP, limits.maxComputeInvocationsPerWorkgroup))
    .filter((one) => one.units * one.count * 32 * one.partials <= limits.maxStorageBufferBindingSize);
}

/** Tiles of a lower triangle, and how they are shared out where they are more than a workgroup's invocations. */
function tilesOf(
  size: number,
  side: number,
): Pick<ScatterGeometry, 'diagonals' | 'tiles' | 'tilesPerGroup' | 'tileGroups'> {
  const diagonals = Math.ceil(quads(size) / side);
  const tiles = (diagonals * (diagonals + 1)) / 2;
  const tileGroups = Math.ceil(tiles / WIDEST_WORKGROUP);
  return { diagonals, tiles, tilesPerGroup: Math.ceil(tiles / tileGroups), tileGroups };
}

/** Whether the rows that are staged fit shared memory: u and p u of all columns, and p. */
function fits(size: number, { side, components }: ScatterShape, rows: number, limits: GeometryLimits): boolean {
  const width = rowStride(tilesOf(size, side).diagonals * side, rows);
  return components * rows * (2 * width * 16 + 4) <= sharedBytes(limits);
}

function assemble(
  size: number,
  units: number,
  { side, components }: ScatterShape,
  { rows, lanes, splits }: Pick<SumGeometry, 'rows' | 'lanes' | 'splits'>,
): ScatterGeometry {
  const cut = tilesOf(size, side);
  return {
    ...cut,
    ...{ side, components, rows, lanes, splits, units },
    count: cut.tiles * 4 * side * side + cut.diagonals * side + 1,
    workgroup: roundUp(cut.tilesPerGroup * components * lanes, 32),
    groups: Math.ceil(units / components) * cut.tileGroups,
    partials: splits * lanes,
  };
}

/** First and second moments column by column, four components and four columns to an invocation. */
export interface DiagonalGeometry extends SumGeometry {
  /** Quads of components per workgroup. */
  readonly components: number;
  /** Workgroups that share the columns where these are more than one has invocations, and quads of columns in each. */
  readonly columnGroups: number;
  readonly columnsPerGroup: number;
  /** Whether second moments are summed, too. */
  readonly seconds: boolean;
}

export function diagonalGeometry(d: number, k: number, limits: GeometryLimits, seconds = true): DiagonalGeometry {
  const units = Math.ceil(k / COMPONENT_STEP);
  const wide = quads(d);
  const columnGroups = Math.ceil(wide / WIDEST_WORKGROUP);
  const own = Math.ceil(wide / columnGroups);
  const fits = (components: number, rows: number): boolean =>
    rows * (rowStride(own, rows) + rowStride(components, rows)) * 16 <= sharedBytes(limits);
  const wanted = Math.min(units, Math.max(1, Math.floor(WORKGROUP / own)));
  const rows = [32, 16, 8].find((count) => fits(wanted, count)) ?? 4;
  let components = wanted;
  while (components > 1 && !fits(components, rows)) components--;
  const lanes = components === units ? Math.max(1, Math.min(rows, Math.floor(WORKGROUP / (own * components)))) : 1;
  const count = (seconds ? 8 : 4) * wide + 1;
  const begun = Math.ceil(units / components) * columnGroups;
  const splits = splitsFor(begun, units * count * 32 * lanes, limits);
  return {
    ...{ components, seconds, rows, lanes, splits, count, units, columnGroups, columnsPerGroup: own },
    workgroup: roundUp(own * components * lanes, 32),
    groups: begun,
    partials: splits * lanes,
  };
}

/**
 * Quads from one staged row to the next. Eight invocations write to shared memory at once. Each writes to a row of its
 * own as far as the staged quads of rows go, then to the next column. Their eight quads must lie in different banks,
 * quads modulo 8.
 */
export function rowStride(wide: number, rows: number): number {
  const apart: Readonly<Record<number, (stride: number) => boolean>> = {
    32: (stride) => stride % 2 === 1,
    16: (stride) => stride % 4 === 2,
    8: (stride) => stride % 8 === 4,
    4: () => true,
  };
  let stride = wide;
  while (!apart[rows](stride)) stride++;
  return stride;
}

/** Workgroups for a pass of so many tiles: those of splits that have any of its rows. */
export function workgroupsFor({ groups, splits }: SumGeometry, tiles: number): number {
  return groups * Math.min(splits, Math.ceil((tiles * TILE_ROWS) / BLOCK_ROWS));
}

export function sharedBytes({ maxComputeWorkgroupStorageSize }: GeometryLimits): number {
  return Math.min(maxComputeWorkgroupStorageSize, SHARED_LIMIT);
}

export function splitsFor(
  groups: number,
  bytes: number,
  { maxStorageBufferBindingSize }: GeometryLimits,
  most = MOST_SPLITS,
): number {
  const room = Math.min(PARTIALS_LIMIT, maxStorageBufferBindingSize);
  const wanted = Math.min(most, Math.ceil(BUSY / groups), Math.floor(room / bytes));
  return Math.max(1, wanted);
}

export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
