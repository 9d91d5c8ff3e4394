/**
 * How a sum over rows is spread over workgroups. An invocation keeps one tile of sums in registers and walks over rows that its
 * workgroup stages in shared memory; nothing is added atomically. Rows go to splits by blocks of 1024: block b to split b mod splits,
 * so that the order of every sum, and so its last bit, depends on d and k alone and on nothing that is tuned.
 */
import { COMPONENT_STEP, quads } from './layout.js';

/** Invocations that a workgroup aims at, and at most has. */
const WORKGROUP = 128;
const WIDEST_WORKGROUP = 256;
/** Workgroups that keep a large GPU busy. */
const BUSY = 1024;
const MOST_SPLITS = 64;
/** Bytes for partial sums, and of shared memory (more would leave fewer workgroups per core), at most. */
const PARTIALS_LIMIT = 2 ** 24;
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
  /** Workgroups per pass. */
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

/** Sums Σ p u uᵀ of `units` matrices of `size` columns. */
export function scatterGeometry(size: number, units: number, limits: GeometryLimits): ScatterGeometry {
  const side = size > 32 ? 2 : 1;
  const diagonals = Math.ceil(quads(size) / side);
  const tiles = (diagonals * (diagonals + 1)) / 2;
  const tileGroups = Math.ceil(tiles / WIDEST_WORKGROUP);
  const tilesPerGroup = Math.ceil(tiles / tileGroups);
  const width = rowQuads(diagonals * side);
  const fits = (components: number, rows: number): boolean =>
    components * rows * (2 * width * 16 + 4) <= sharedBytes(limits);
  let components = Math.min(units, Math.max(1, Math.floor(WORKGROUP / tilesPerGroup)));
  while (components > 1 && !fits(components, 16)) components--;
  const rows = [32, 16, 8, 4].find((count) => fits(components, count)) ?? 4;
  const lanes =
    components === units ? Math.max(1, Math.min(rows, Math.floor(WORKGROUP / (tilesPerGroup * components)))) : 1;
  const count = tiles * 4 * side * side + diagonals * side + 1;
  const begun = Math.ceil(units / components) * tileGroups;
  const splits = splitsFor(begun, units * count * 32 * lanes, limits);
  return {
    ...{ side, diagonals, tiles, components, tilesPerGroup, tileGroups, rows, lanes, splits, count, units },
    workgroup: roundUp(tilesPerGroup * components * lanes, 32),
    groups: begun * splits,
    partials: splits * lanes,
  };
}

/** First and second moments column by column, four components and four columns to an invocation. */
export interface DiagonalGeometry extends SumGeometry {
  /** Quads of components per workgroup. */
  readonly components: number;
}

export function diagonalGeometry(d: number, k: number, limits: GeometryLimits): DiagonalGeometry {
  const units = Math.ceil(k / COMPONENT_STEP);
  const wide = quads(d);
  const fits = (components: number, rows: number): boolean =>
    rows * (rowQuads(wide) + rowQuads(components)) * 16 <= sharedBytes(limits);
  const wanted = Math.min(units, Math.max(1, Math.floor(WORKGROUP / wide)));
  const rows = [32, 16, 8].find((count) => fits(wanted, count)) ?? 4;
  let components = wanted;
  while (components > 1 && !fits(components, rows)) components--;
  const lanes = components === units ? Math.max(1, Math.min(rows, Math.floor(WORKGROUP / (wide * components)))) : 1;
  const count = 8 * wide + 1;
  const begun = Math.ceil(units / components);
  const splits = splitsFor(begun, units * count * 32 * lanes, limits);
  return {
    ...{ components, rows, lanes, splits, count, units },
    workgroup: roundUp(wide * components * lanes, 32),
    groups: begun * splits,
    partials: splits * lanes,
  };
}

/** Quads from one staged row to the next: odd, so that neighbouring rows lie in different banks. */
export const rowQuads = (wide: number): number => wide | 1;

function sharedBytes({ maxComputeWorkgroupStorageSize }: GeometryLimits): number {
  return Math.min(maxComputeWorkgroupStorageSize, SHARED_LIMIT);
}

function splitsFor(groups: number, bytes: number, { maxStorageBufferBindingSize }: GeometryLimits): number {
  const room = Math.min(PARTIALS_LIMIT, maxStorageBufferBindingSize);
  const wanted = Math.min(MOST_SPLITS, Math.ceil(BUSY / groups), Math.floor(room / bytes));
  return 2 ** Math.floor(Math.log2(Math.max(1, wanted)));
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
