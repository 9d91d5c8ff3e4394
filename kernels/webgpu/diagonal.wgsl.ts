/** Moments column by column: Σ p (x − μ), Σ p (x − μ)² and Σ p, four components and four columns to an invocation. */
import { TWO_SUM } from './arithmetic.wgsl.js';
import { rowQuads, type DiagonalGeometry } from './geometry.js';
import { HEADER_QUADS, quads, TILE_QUADS, type ModelLayout } from './layout.js';
import { each } from './logits.wgsl.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';

const lanes = ['x', 'y', 'z', 'w'] as const;
const transposed = (row: number): string => `vec4f(${lanes.map((_, j) => `e${j}.${lanes[row]}`).join(', ')})`;

export function diagonalProgram(layout: ModelLayout, k: number, geometry: DiagonalGeometry): ProgramCode {
  const { d } = layout;
  const wide = quads(d);
  const { components, rows, splits, units, count, workgroup } = geometry;
  const staged = rowQuads(wide);
  const planStaged = rowQuads(components);
  return {
    label: `moments diagonal d=${d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;     // tiles [tiles, d, 64] of quads of rows
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [k, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;
${GROUP_INDEX}
${TWO_SUM}
const WIDE = ${wide}u;              // quads of columns
const COMPONENTS = ${components}u;  // quads of components per workgroup
const ROWS = ${rows}u;
const ROW_QUADS = ${rows / 4}u;
const STAGED = ${staged}u;
const PLAN_STAGED = ${planStaged}u;
const SPLITS = ${splits}u;
const LANES = ${geometry.lanes}u;
const COUNT = ${count}u;
var<workgroup> xs: array<vec4f, ${rows * staged}>;
var<workgroup> ps: array<vec4f, ${rows * planStaged}>;

fn flush(at: u32, block: vec4f) {
  let sum = plus(Sum(partial[2u * at], partial[2u * at + 1u]), block, pass_.zero);
  partial[2u * at] = sum.high;
  partial[2u * at + 1u] = sum.low;
}

fn planQuad(k: u32, at: u32, stride: u32) -> vec4f {
  return select(vec4f(0.0), plan[min(k, ${k - 1}u) * stride + at], vec4<bool>(k < ${k}u));
}

@compute @workgroup_size(${workgroup})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) t: u32) {
  let group = groupIndex(id, gridSize);
  if (group >= ${geometry.groups}u) { return; }
  let split = group % SPLITS;
  let firstQuad = group / SPLITS * COMPONENTS;
  let stride = pass_.tiles * ${TILE_QUADS}u;

  let lane = t / (WIDE * COMPONENTS);
  let j = t % WIDE;
  let mine = t / WIDE % COMPONENTS;
  let works = lane < LANES && firstQuad + mine < ${units}u;
  let c = ${HEADER_QUADS}u + (firstQuad + mine) * ${4 * layout.stride}u + 1u + j;
  ${each(4, (one) => `let m${one} = model[select(0u, c + ${one * layout.stride}u, works)];`)}
  let partialAt = ((split * LANES + lane) * ${units}u + firstQuad + mine) * COUNT;

  let blocks = (pass_.tiles + 3u) / 4u;
  for (var block = (split + SPLITS - pass_.firstBlock % SPLITS) % SPLITS; block < blocks; block += SPLITS) {
    ${each(4, (one) => `var first${one} = vec4f(0.0);\nvar second${one} = vec4f(0.0);`)}
    var mass = vec4f(0.0);
    let end = min((block + 1u) * 256u, stride);
    for (var begin = block * 256u; begin < end; begin += ROW_QUADS) {
      workgroupBarrier();
      for (var item = t; item < ROW_QUADS * WIDE; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let column = item / ROW_QUADS;
        let quad = begin + rows;
        let at = (pass_.firstTile + quad / ${TILE_QUADS}u) * ${d * TILE_QUADS}u + quad % ${TILE_QUADS}u;
        ${each(4, (i) => `let e${i} = x[at + min(4u * column + ${i}u, ${d - 1}u) * ${TILE_QUADS}u];`)}
        ${each(4, (r) => `xs[(${r}u * ROW_QUADS + rows) * STAGED + column] = ${transposed(r)};`)}
      }
      for (var item = t; item < ROW_QUADS * COMPONENTS; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let quad = item / ROW_QUADS;
        let k = 4u * (firstQuad + quad);
        ${each(4, (i) => `let e${i} = planQuad(k + ${i}u, begin + rows, stride);`)}
        ${each(4, (r) => `ps[(${r}u * ROW_QUADS + rows) * PLAN_STAGED + quad] = ${transposed(r)};`)}
      }
      workgroupBarrier();
      if (works) {
        for (var i = lane; i < ROWS; i += LANES) {
          let row = xs[i * STAGED + j];
          let p = ps[i * PLAN_STAGED + mine];
          ${each(4, (one) => `{ let u = row - m${one}; let pu = p.${lanes[one]} * u; first${one} += pu; second${one} = fma(pu, u, second${one}); }`)}
          mass += p;
        }
      }
    }
    if (works) {
      ${each(4, (one) => `flush(partialAt + j * 8u + ${one}u, first${one});\nflush(partialAt + j * 8u + ${4 + one}u, second${one});`)}
      if (j == 0u) { flush(partialAt + COUNT - 1u, mass); }
    }
  }
}`,
  };
}
