/**
 * Moments column by column: Σ p (x − μ), Σ p (x − μ)² and Σ p, four components and four columns to an invocation. p is the
 * plan, of a Student-t term P u.
 */
import { rowStride, type DiagonalGeometry } from './geometry.js';
import { HEADER_QUADS, quads, TILE_QUADS, weightLine, type ModelLayout } from './layout.js';
import type { ProgramCode } from './program.js';
import { rowsAt, rowsBinding } from './rows.wgsl.js';
import { rowOf, sumDeclarations, summingMain, type Summing } from './sums.wgsl.js';
import { each, lanes } from './text.wgsl.js';

export function diagonalProgram(layout: ModelLayout, k: number, geometry: DiagonalGeometry): ProgramCode {
  const { d, radial } = layout;
  const line = radial ? `(min(k, ${k - 1}u) + ${weightLine({ k, radial })}u)` : `min(k, ${k - 1}u)`;
  const { components, rows, columnGroups, columnsPerGroup } = geometry;
  return {
    label: `moments diagonal d=${d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
${rowsBinding(layout.rows)}
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [k, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;
${sumDeclarations(geometry)}
const WIDE = ${columnsPerGroup}u; // quads of columns per workgroup
const COLUMN_GROUPS = ${columnGroups}u;
const COMPONENTS = ${components}u; // quads of components per workgroup
const STAGED = ${rowStride(columnsPerGroup, rows)}u; // quads from one staged row to the next
const PLAN_STAGED = ${rowStride(components, rows)}u;
var<workgroup> xs: array<vec4f, ${rows * rowStride(columnsPerGroup, rows)}>;
var<workgroup> ps: array<vec4f, ${rows * rowStride(components, rows)}>;

fn planQuad(k: u32, at: u32, stride: u32) -> vec4f {
  return select(vec4f(0.0), plan[${line} * stride + at], vec4<bool>(k < ${k}u));
}
${summingMain({ geometry, place: place(layout, geometry), stage: stage(layout, geometry), ...sums(geometry) })}`,
  };
}

/** Which four components and four columns are this invocation's. */
function place({ d, stride }: ModelLayout, { units }: DiagonalGeometry): string {
  return /* wgsl */ `
  let firstQuad = part / COLUMN_GROUPS * COMPONENTS;
  let firstColumn = part % COLUMN_GROUPS * WIDE;
  let lane = t / (WIDE * COMPONENTS);
  let j = firstColumn + t % WIDE;
  let mine = t / WIDE % COMPONENTS;
  let works = lane < LANES && firstQuad + mine < ${units}u && j < ${quads(d)}u;
  let c = ${HEADER_QUADS}u + (firstQuad + mine) * ${4 * stride}u + 1u + j;
  ${each(4, (one) => `let m${one} = model[select(0u, c + ${one * stride}u, works)];`)}
  let partialAt = ((split * LANES + lane) * ${units}u + firstQuad + mine) * COUNT;`;
}

/** Rows with their columns together, and the plan with its components together; rows of a quad are ROW_QUADS apart. */
function stage({ d, columns, firstTile, rows }: ModelLayout, { workgroup }: DiagonalGeometry): string {
  return /* wgsl */ `
      for (var item = t; item < ROW_QUADS * WIDE; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let column = item / ROW_QUADS;
        let quad = begin + rows;
        let at = (${firstTile} + quad / ${TILE_QUADS}u) * ${columns * TILE_QUADS}u + quad % ${TILE_QUADS}u;
        ${each(4, (i) => `let e${i} = ${rowsAt(rows, `at + min(4u * (firstColumn + column) + ${i}u, ${d - 1}u) * ${TILE_QUADS}u`)};`)}
        ${each(4, (r) => `xs[(${r}u * ROW_QUADS + rows) * STAGED + column] = ${rowOf('e', r)};`)}
      }
      for (var item = t; item < ROW_QUADS * COMPONENTS; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let quad = item / ROW_QUADS;
        let k = 4u * (firstQuad + quad);
        ${each(4, (i) => `let e${i} = planQuad(k + ${i}u, begin + rows, stride);`)}
        ${each(4, (r) => `ps[(${r}u * ROW_QUADS + rows) * PLAN_STAGED + quad] = ${rowOf('e', r)};`)}
      }`;
}

function sums({ seconds }: DiagonalGeometry): Pick<Summing, 'clear' | 'add' | 'flush'> {
  const step = seconds ? 8 : 4;
  const add = (one: number): string => {
    const p = `p.${lanes[one]}`;
    if (!seconds) return `first${one} = fma(vec4f(${p}), row - m${one}, first${one});`;
    return `{ let u = row - m${one}; let pu = ${p} * u; first${one} += pu; second${one} = fma(pu, u, second${one}); }`;
  };
  const flush = (one: number): string => {
    const first = `flush(partialAt + j * ${step}u + ${one}u, first${one});`;
    return seconds ? `${first}\nflush(partialAt + j * ${step}u + ${4 + one}u, second${one});` : first;
  };
  return {
    clear: /* wgsl */ `
    ${each(4, (one) => `var first${one} = vec4f(0.0);${seconds ? `\nvar second${one} = vec4f(0.0);` : ''}`)}
    var mass = vec4f(0.0);`,
    add: /* wgsl */ `
          let row = xs[i * STAGED + j - firstColumn];
          let p = ps[i * PLAN_STAGED + mine];
          ${each(4, add)}
          mass += p;`,
    flush: /* wgsl */ `
      ${each(4, flush)}
      if (j == 0u) { flush(partialAt + COUNT - 1u, mass); }`,
  };
}
