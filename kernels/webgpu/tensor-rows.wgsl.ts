/** From a row-major matrix on a device to what its columns are like, and to tiles of rows. */
import { BLOCK_ROWS, TILE_QUADS, TILE_ROWS } from './layout.js';
import { GROUP_INDEX } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';
import { each } from './text.wgsl.js';

/** Invocations of a workgroup. */
export const TENSOR_WORKGROUP = 64;
/** Numbers that describe a column of a block of rows: a value, what the mean is above it in two parts, Σ squares; least, most, and their rows. */
export const DESCRIPTION = 8;

/** Where a number that is none stands in the place of the row of the least. */
export const NOT_FINITE = -1;

const begin = /* wgsl */ `
@compute @workgroup_size(${TENSOR_WORKGROUP})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) t: u32) {
  let at = groupIndex(id, gridSize) * ${TENSOR_WORKGROUP}u + t;`;

/**
 * One invocation has a column of a block of rows. Means are sums of differences from the block's first row, and squares of
 * those from the mean. A compiler may take it that all numbers are finite: bits tell which are not.
 */
export function describeProgram(d: number): ProgramCode {
  const rows = (use: string): string => /* wgsl */ `
  for (var from_ = begin; from_ < end; from_ += ${BLOCK_ROWS}u) {
    var part = 0.0;
    for (var row = from_; row < min(from_ + ${BLOCK_ROWS}u, end); row++) {
      let value = x[row * ${d}u + j];
      ${use}
    }`;
  return {
    label: `describe d=${d}`,
    bindings: ['uniform', 'read', 'write'],
    code: /* wgsl */ `
struct Sizes { rows: u32, blockRows: u32, blocks: u32, zero: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<f32>;             // [rows, d]
@group(0) @binding(2) var<storage, read_write> found: array<vec4f>; // [blocks, d, 2]
${GROUP_INDEX}
${begin}
  let block = at / ${d}u;
  let j = at % ${d}u;
  if (block >= sizes.blocks) { return; }
  let begin = block * sizes.blockRows;
  let end = min(begin + sizes.blockRows, sizes.rows);
  let about = x[begin * ${d}u + j];
  var least = about;
  var most = about;
  var leastRow = begin;
  var mostRow = begin;
  var finite = true;
  var sum = 0.0;
  ${rows(`finite = finite && (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
      if (value < least) { least = value; leastRow = row; }
      if (value > most) { most = value; mostRow = row; }
      part += value - about;`)}
    sum += part;
  }
  let step = sum / f32(end - begin);
  var rest = 0.0;
  var square = 0.0;
  ${rows(`let u = (value - about) - step;
      part += u * u;
      rest += u;`)}
    square += part;
  }
  found[2u * at] = vec4f(about, step, rest, square);
  found[2u * at + 1u] = vec4f(least, most, select(${NOT_FINITE}.0, f32(leastRow - begin), finite), f32(mostRow - begin));
}`,
  };
}

/**
 * Tiles of the rows of a chunk, (x − shift) / scale, none farther from 0 than `farthest`, and weights of rows that are there. The shift is in two floats; that the
 * first difference is rounded is hidden from compilers behind a zero that none knows.
 */
export function encodeProgram(d: number, farthest: number): ProgramCode {
  const row = (r: number): string => /* wgsl */ `
  let x${r} = x[min(row + ${r}u, sizes.end - 1u) * ${d}u + j];
  let e${r} = clamp((bitcast<f32>(bitcast<u32>(x${r} - c.x) ^ sizes.zero) - c.y) * c.z, -FARTHEST, FARTHEST);`;
  return {
    label: `encode d=${d}`,
    bindings: ['uniform', 'read', 'read', 'write', 'write'],
    code: /* wgsl */ `
const FARTHEST = ${farthest}f;
struct Sizes { first: u32, end: u32, tiles: u32, zero: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<f32>;             // [rows, d]
@group(0) @binding(2) var<storage, read> columns: array<vec4f>;     // [d]: shift, its rest, 1 / scale, weight
@group(0) @binding(3) var<storage, read_write> tiles: array<vec4f>; // [tiles, d, 64] of quads of rows
@group(0) @binding(4) var<storage, read_write> v: array<vec4f>;     // [tiles, 64]
${GROUP_INDEX}
${begin}
  let tile = at / ${d * TILE_QUADS}u;
  let j = at / ${TILE_QUADS}u % ${d}u;
  if (tile >= sizes.tiles) { return; }
  let row = sizes.first + tile * ${TILE_ROWS}u + 4u * t; // a workgroup has the quads of a tile's column
  let c = columns[j];
  ${each(4, row)}
  let there = vec4u(row, row + 1u, row + 2u, row + 3u) < vec4u(sizes.end);
  tiles[at] = select(vec4f(0.0), vec4f(e0, e1, e2, e3), there);
  if (j == 0u) { v[tile * ${TILE_QUADS}u + t] = select(vec4f(0.0), vec4f(c.w), there); }
}`,
  };
}
