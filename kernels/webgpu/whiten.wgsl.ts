/**
 * Tied components whose rows are whitened once: y = (x − o) W, and after the plan the average of what components see of a
 * row, u_i = Σ_k r_ik (y_i − m_k). One invocation has four rows.
 */
import { HEADER_QUADS, modelLayout, sharedLayout, sharedStart, TILE_QUADS } from './layout.js';
import { loadRow, whiten } from './logits.wgsl.js';
import type { GpuShape } from './model.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';
import { rowsBinding } from './rows.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/** Columns of an average that an invocation has. */
const COLUMNS = 8;

/** Workgroups that share a tile of averages. */
export const averageParts = (d: number): number => Math.ceil(d / COLUMNS);

/** The rows of a pass, whitened; `held` as in a `ModelLayout`. */
export function whitenProgram(shape: GpuShape, held?: number): ProgramCode {
  const { d } = shape;
  const layout = sharedLayout(shape, held);
  const keep = (z: string, j: string): string => `if (${j} < ${d}u) { y[to + ${j} * ${TILE_QUADS}u] = ${z}; }`;
  return {
    label: `whiten d=${d}`,
    bindings: ['uniform', 'read', 'read', 'write'],
    code: /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
${rowsBinding(layout.rows)}
@group(0) @binding(2) var<storage, read> model: array<vec4f>;   // kernels/webgpu/layout.ts
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // [tiles of the pass, d, 64]
${GROUP_INDEX}
@compute @workgroup_size(${TILE_QUADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = groupIndex(id, count);
  if (tile >= pass_.tiles) { return; }
  let row = (pass_.firstTile + tile) * ${d * TILE_QUADS}u + lane;
  let to = tile * ${d * TILE_QUADS}u + lane;
  let c = ${sharedStart(shape)}u;
  ${loadRow(layout, 'row')}
  ${whiten(layout, 'row', 'c', keep)}
}`,
  };
}

/** Averages of the rows of a pass; 0 where a row's weight is. */
export function averageProgram(shape: GpuShape): ProgramCode {
  const { d, k } = shape;
  const { stride } = modelLayout(shape);
  const parts = averageParts(d);
  const column = (j: number): string => (d % COLUMNS === 0 ? `first + ${j}u` : `min(first + ${j}u, ${d - 1}u)`);
  const term = (j: number): string => `u${j} = fma(p, y${j} - m${j >> 2}.${lanes[j & 3]}, u${j});`;
  // Beyond the last column there is no quad of means, and nothing is kept.
  const second = `model[select(c, c + 1u, first + 4u < ${d}u)]`;
  return {
    label: `averages d=${d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;             // [tiles of the pass, d, 64] of quads of rows
@group(0) @binding(2) var<storage, read> v: array<vec4f>;             // row weights [tiles, 64]
@group(0) @binding(3) var<storage, read> model: array<vec4f>;         // kernels/webgpu/layout.ts
@group(0) @binding(4) var<storage, read> plan: array<vec4f>;          // [k, tiles of the pass, 64]
@group(0) @binding(5) var<storage, read_write> averages: array<vec4f>; // [tiles of the pass, d, 64]
${GROUP_INDEX}
@compute @workgroup_size(${TILE_QUADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = groupIndex(id, count);
  let tile = group / ${parts}u;
  if (tile >= pass_.tiles) { return; }
  let first = group % ${parts}u * ${COLUMNS}u;
  let stride = pass_.tiles * ${TILE_QUADS}u;
  let quad = tile * ${TILE_QUADS}u + lane;
  let row = tile * ${d * TILE_QUADS}u + lane;
  ${each(COLUMNS, (j) => `let y${j} = y[row + (${column(j)}) * ${TILE_QUADS}u];\nvar u${j} = vec4f(0.0);`)}
  var c = ${HEADER_QUADS + 1}u + first / 4u;
  for (var k = 0u; k < ${k}u; k++) {
    let p = plan[k * stride + quad];
    let m0 = model[c];
    let m1 = ${second};
    ${each(COLUMNS, term)}
    c += ${stride}u;
  }
  let weight = v[pass_.firstTile * ${TILE_QUADS}u + quad];
  ${each(COLUMNS, (j) => `if (first + ${j}u < ${d}u) { averages[row + (first + ${j}u) * ${TILE_QUADS}u] = select(u${j} / weight, vec4f(0.0), weight == vec4f(0.0)); }`)}
}`,
  };
}
