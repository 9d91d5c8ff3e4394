/**
 * Sums Σ p t, and masses where no quadratic term has them: a product of the plan and the statistics, whose sums stay in
 * registers while rows pass by. Levels become unit vectors when they are staged.
 */
import { rowStride } from './geometry.js';
import { TILE_QUADS } from './layout.js';
import { ALL, ONE, type LinearLayout } from './linear-layout.js';
import type { LinearGeometry } from './linear-geometry.js';
import type { ProgramCode } from './program.js';
import { rowOf, sumDeclarations, summingMain } from './sums.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/** The sums of `layout.wide` quads of statistics under k components; rows have so many columns. */
export function linearSumsProgram(
  layout: LinearLayout,
  columns: number,
  k: number,
  geometry: LinearGeometry,
): ProgramCode {
  const { high, wide, groupHigh, groupWide, rows } = geometry;
  const [across, down] = [wide * groupWide, high * groupHigh];
  return {
    label: `linear sums of ${4 * layout.wide} statistics k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
@group(0) @binding(1) var<storage, read> x: array<vec4f>;     // tiles [tiles, columns, 64] of quads of rows
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/linear-layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [k, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;
${sumDeclarations(geometry)}
const ACROSS = ${across}u; // quads of statistics per workgroup
const DOWN = ${down}u; // quads of components per workgroup
const STAGED = ${rowStride(across, rows)}u; // quads from one staged row to the next
const PLAN_STAGED = ${rowStride(down, rows)}u;
var<workgroup> ts: array<vec4f, ${rows * rowStride(across, rows)}>;
var<workgroup> ps: array<vec4f, ${rows * rowStride(down, rows)}>;

fn planQuad(k: u32, at: u32, stride: u32) -> vec4f {
  return select(vec4f(0.0), plan[min(k, ${k - 1}u) * stride + at], vec4<bool>(k < ${k}u));
}
fn statistic(value: vec4f, what: f32) -> vec4f {
  if (what == ${ALL}.0) { return value; }
  if (what == ${ONE}.0) { return vec4f(1.0); }
  return select(vec4f(0.0), vec4f(1.0), value == vec4f(what));
}
${summingMain({ geometry, place: place(geometry), stage: stage(layout, columns, geometry), ...sums(geometry) })}`,
  };
}

/** Which tile of sums is this invocation's: some quads of components by some of statistics. */
function place({ groupHigh, groupWide, groupsWide, tilesHigh, tilesWide }: LinearGeometry): string {
  return /* wgsl */ `
  let firstTileDown = part / ${groupsWide}u * ${groupHigh}u;
  let firstTileAcross = part % ${groupsWide}u * ${groupWide}u;
  let lane = t / ${groupHigh * groupWide}u;
  let j = t % ${groupWide}u;
  let mine = t / ${groupWide}u % ${groupHigh}u;
  let works = lane < LANES && firstTileDown + mine < ${tilesHigh}u && firstTileAcross + j < ${tilesWide}u;
  let tile = (firstTileDown + mine) * ${tilesWide}u + firstTileAcross + j;
  let partialAt = ((split * LANES + lane) * ${tilesHigh * tilesWide}u + tile) * COUNT;`;
}

/** Rows with their statistics together, and the plan with its components together; rows of a quad are ROW_QUADS apart. */
function stage({ dense, first, entries, wide: all }: LinearLayout, columns: number, geometry: LinearGeometry): string {
  const { high, wide, workgroup } = geometry;
  const looked = `
        let entry = ${entries}u + 2u * min(index, ${all - 1}u);
        let from_ = at + vec4u(model[entry]) * ${TILE_QUADS}u;
        let what = model[entry + 1u];
        ${each(4, (i) => `e${i} = statistic(x[from_.${lanes[i]}], what.${lanes[i]});`)}`;
  // Those that are all dense need no look at the table.
  const plain = `
        let from_ = at + (${first}u + 4u * index) * ${TILE_QUADS}u;
        ${each(4, (i) => `e${i} = x[from_ + ${i * TILE_QUADS}u];`)}`;
  return /* wgsl */ `
      for (var item = t; item < ROW_QUADS * ACROSS; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let column = item / ROW_QUADS;
        let quad = begin + rows;
        let at = (pass_.firstTile + quad / ${TILE_QUADS}u) * ${columns * TILE_QUADS}u + quad % ${TILE_QUADS}u;
        let index = firstTileAcross * ${wide}u + column;
        ${each(4, (i) => `var e${i}: vec4f;`)}
        ${dense < 4 ? looked : `if (index < ${Math.floor(dense / 4)}u) {${plain}\n} else {${looked}\n}`}
        ${each(4, (r) => `ts[(${r}u * ROW_QUADS + rows) * STAGED + column] = ${rowOf('e', r)};`)}
      }
      for (var item = t; item < ROW_QUADS * DOWN; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let quad = item / ROW_QUADS;
        let k = 4u * (firstTileDown * ${high}u + quad);
        ${each(4, (i) => `let e${i} = planQuad(k + ${i}u, begin + rows, stride);`)}
        ${each(4, (r) => `ps[(${r}u * ROW_QUADS + rows) * PLAN_STAGED + quad] = ${rowOf('e', r)};`)}
      }`;
}

/** Sums of component c, of those of a tile, and quad of statistics w. */
function sums({ high, wide }: LinearGeometry): { readonly [part in 'clear' | 'add' | 'flush']: string } {
  const eachOne = (of: (c: number, w: number) => string): string => each(4 * high, (c) => each(wide, (w) => of(c, w)));
  return {
    clear: eachOne((c, w) => `var a${c}_${w} = vec4f(0.0);`),
    add: /* wgsl */ `
          ${each(wide, (w) => `let t${w} = ts[i * STAGED + j * ${wide}u + ${w}u];`)}
          ${each(high, (q) => `let p${q} = ps[i * PLAN_STAGED + mine * ${high}u + ${q}u];`)}
          ${eachOne((c, w) => `a${c}_${w} = fma(vec4f(p${c >> 2}.${lanes[c & 3]}), t${w}, a${c}_${w});`)}`,
    flush: eachOne((c, w) => `flush(partialAt + ${c * wide + w}u, a${c}_${w});`),
  };
}
