/**
 * Sums of the plan by level, of columns of many levels. Each invocation owns some levels, whose sums it has in shared
 * memory to itself. It looks at every row's level, and adds the plan of rows that have one of its own: so work does not
 * grow with the levels of a range, and nothing is added atomically.
 */
import { TILE_QUADS } from './layout.js';
import type { LevelsGeometry } from './levels-geometry.js';
import type { LinearLayout } from './linear-layout.js';
import type { ProgramCode } from './program.js';
import { rowOf, sumDeclarations, summingMain } from './sums.wgsl.js';
import { each } from './text.wgsl.js';

/** The sums of `layout.ranges` under k components; rows have so many columns. */
export function levelsProgram(layout: LinearLayout, columns: number, k: number, geometry: LevelsGeometry): ProgramCode {
  const { owned, workgroup, rows } = geometry;
  return {
    label: `sums of levels in ${layout.ranges.length} ranges k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
@group(0) @binding(1) var<storage, read> x: array<vec4f>;     // tiles [tiles, columns, 64] of quads of rows
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/linear-layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [k, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;
${sumDeclarations(geometry)}
const OWNED = ${owned}u; // levels per invocation
var<workgroup> sums: array<vec4f, ${owned * workgroup}>; // [owned, invocations]
var<workgroup> ps: array<vec4f, ${rows}>;
var<workgroup> levels: array<u32, ${rows}>; // of the range

fn planQuad(k: u32, at: u32, stride: u32) -> vec4f {
  return select(vec4f(0.0), plan[min(k, ${k - 1}u) * stride + at], vec4<bool>(k < ${k}u));
}
${summingMain({ geometry, place: place(layout, geometry), stage: stage(columns, geometry), ...SUMS(geometry) })}`,
  };
}

/** Which range of levels and which four components are this workgroup's. */
function place({ ranges, rangesAt }: LinearLayout, { quadsOfComponents }: LevelsGeometry): string {
  return /* wgsl */ `
  let range = model[${rangesAt}u + part / ${quadsOfComponents}u];
  let firstComponent = 4u * (part % ${quadsOfComponents}u);
  let column = u32(range.x);
  let firstLevel = range.y;
  let mine = t * OWNED;
  let works = true;
  let lane = 0u;
  let partialAt = (split * ${ranges.length * quadsOfComponents}u + part) * COUNT;`;
}

/** The place of each row's level in the range, far outside where it is none, and the plan with its components together. */
function stage(columns: number, { workgroup }: LevelsGeometry): string {
  return /* wgsl */ `
      for (var rows = t; rows < ROW_QUADS; rows += ${workgroup}u) {
        let quad = begin + rows;
        let at = (pass_.firstTile + quad / ${TILE_QUADS}u) * ${columns * TILE_QUADS}u + quad % ${TILE_QUADS}u;
        let level = vec4u(vec4i(x[at + column * ${TILE_QUADS}u] - vec4f(firstLevel)));
        ${each(4, (i) => `let e${i} = planQuad(firstComponent + ${i}u, quad, stride);`)}
        ${each(4, (r) => `levels[${r}u * ROW_QUADS + rows] = level[${r}];\nps[${r}u * ROW_QUADS + rows] = ${rowOf('e', r)};`)}
      }`;
}

/** Sums of 0 are not flushed: they would change nothing. */
const SUMS = ({ owned, workgroup }: LevelsGeometry): { readonly [part in 'clear' | 'add' | 'flush']: string } => ({
  clear: each(owned, (i) => `sums[${i * workgroup}u + t] = vec4f(0.0);`),
  add: /* wgsl */ `
          let own = levels[i] - mine;
          if (own < OWNED) { sums[own * ${workgroup}u + t] += ps[i]; }`,
  flush: /* wgsl */ `
      for (var own = 0u; own < OWNED; own++) {
        let sum = sums[own * ${workgroup}u + t];
        if (any(sum != vec4f(0.0))) { flush(partialAt + own * ${workgroup}u + t, sum); }
      }`,
});
