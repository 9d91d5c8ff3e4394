/**
 * The linear part of logits: rows times η, with the sums in registers. An invocation has four rows and some quads of
 * components; where k is more, several workgroups have one tile. Every invocation of a workgroup reads the same of η.
 */
import { TILE_QUADS } from './layout.js';
import type { LinearLayout } from './linear-layout.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';
import { each, lanes } from './text.wgsl.js';

/** Dense statistics that are multiplied one after the other without a branch. */
const UNROLLED = 4;

/** 2 rate ⟨t_i, η_k⟩ of a pass in the place of the plan, which the plan's kernel adds to its logits; `columns` of a row. */
export function linearProgram(layout: LinearLayout, columns: number, k: number): ProgramCode {
  const { dense, levels, first, line, chunks } = layout;
  return {
    label: `linear dense=${dense} levels=${levels.length} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'write'],
    code: /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;          // tiles [tiles, columns, 64] of quads of rows
@group(0) @binding(2) var<storage, read> model: array<vec4f>;      // kernels/webgpu/linear-layout.ts
@group(0) @binding(3) var<storage, read_write> plan: array<vec4f>; // [k, tiles of the pass, 64]
${GROUP_INDEX}
@compute @workgroup_size(${TILE_QUADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) t: u32) {
  let group = groupIndex(id, count);
  let tile = group / ${chunks}u;
  let chunk = group % ${chunks}u;
  if (tile >= pass_.tiles) { return; }
  let stride = pass_.tiles * ${TILE_QUADS}u;
  let quad = tile * ${TILE_QUADS}u + t;
  let row = (pass_.firstTile + tile) * ${columns * TILE_QUADS}u + ${first * TILE_QUADS}u + t;
  let natural = ${layout.natural}u + chunk * ${line / chunks}u;
  ${eachSum(layout, (r, q) => `var s${r}_${q} = vec4f(0.0);`)}
  ${products(layout)}
  ${lookUps(layout)}
  let scale = 2.0 * model[0].x;
  ${each((4 * line) / chunks, (c) => store(layout, c, k))}
}`,
  };
}

/** Lines for row r and quad of components q. */
function eachSum({ line, chunks }: LinearLayout, of: (r: number, q: number) => string): string {
  return each(line / chunks, (q) => each(4, (r) => of(r, q)));
}

function products(layout: LinearLayout): string {
  const { dense, line, chunks } = layout;
  const one = (j: string): string => `{
    let v = x[row + (${j}) * ${TILE_QUADS}u];
    let at = natural + (${j}) * ${line}u;
    ${each(line / chunks, (q) => `let w${q} = model[at + ${q}u];`)}
    ${eachSum(layout, (r, q) => `s${r}_${q} = fma(vec4f(v.${lanes[r]}), w${q}, s${r}_${q});`)}
  }`;
  const whole = dense - (dense % UNROLLED);
  return `
  for (var j = 0u; j < ${whole}u; j += ${UNROLLED}u) {
  ${each(UNROLLED, (u) => one(`j + ${u}u`))}
  }
  ${each(dense % UNROLLED, (u) => one(`${whole + u}u`))}`;
}

/** Level −1 is the line of zeros before that of level 0. */
function lookUps(layout: LinearLayout): string {
  const { dense, levels, line, starts } = layout;
  if (levels.length === 0) return '';
  return `
  for (var j = 0u; j < ${levels.length}u; j++) {
    let level = x[row + (${dense}u + j) * ${TILE_QUADS}u] + model[${starts}u + j].x;
    let at = natural + vec4u(level) * ${line}u;
    ${eachSum(layout, (r, q) => `s${r}_${q} += model[at.${lanes[r]} + ${q}u];`)}
  }`;
}

/** The rows of component c of a chunk, which may be one that fills up. */
function store({ line, chunks }: LinearLayout, c: number, k: number): string {
  const component = `(chunk * ${(4 * line) / chunks}u + ${c}u)`;
  const rows = Array.from({ length: 4 }, (_, r) => `s${r}_${c >> 2}.${lanes[c & 3]}`).join(', ');
  const guard = 4 * line === k ? '' : `if (${component} < ${k}u) `;
  return `${guard}{ plan[${component} * stride + quad] = scale * vec4f(${rows}); }`;
}
