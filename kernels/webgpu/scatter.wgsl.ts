/**
 * Moments whose second part is a matrix: Σ p u, Σ p u uᵀ and Σ p, with the sums in registers and the rows passing by.
 */
import { rowStride, type ScatterGeometry } from './geometry.js';
import { HEADER_QUADS, quads, TILE_QUADS, weightLine, type ModelLayout } from './layout.js';
import type { ProgramCode } from './program.js';
import { rowOf, sumDeclarations, summingMain } from './sums.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/**
 * What is summed. `differences`: u = x − μ_k. `whitened`: u = (x − μ_k) W_k, computed again: half as much work more.
 * Some covariances are so long and narrow that float32 sums of differences would lose the narrow directions. Either way
 * p is the plan, of a Student-t term P u.
 */
export type MomentFrame = 'differences' | 'whitened';

/** Moments of every component; `k` of them in the plan. */
export function momentsProgram(
  layout: ModelLayout,
  k: number,
  geometry: ScatterGeometry,
  frame: MomentFrame,
): ProgramCode {
  const { d, columns, radial } = layout;
  const line = radial ? `(k + ${weightLine({ k, radial })}u)` : 'k';
  const stage = /* wgsl */ `
      let p = plan[${line} * stride + quad];
      let at = (pass_.firstTile + quad / ${TILE_QUADS}u) * ${columns * TILE_QUADS}u + quad % ${TILE_QUADS}u;
      let c = ${HEADER_QUADS}u + k * ${layout.stride}u;
      ${frame === 'differences' ? differences(layout) : whitened(layout)}
      ${each(4, (j) => `let f${j} = e${j} * p;`)}
      if (j == 0u) { ${each(4, (r) => `masses[component * ROWS + ${r}u * ROW_QUADS + rows] = p.${lanes[r]};`)} }`;
  return {
    label: `moments ${frame} d=${d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: scatterCode(
      geometry,
      quads(d),
      stage,
      /* wgsl */ `
@group(0) @binding(1) var<storage, read> x: array<vec4f>;     // tiles [tiles, d, 64] of quads of rows
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [k, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;`,
    ),
  };
}

/** Σ a r rᵀ over the plan itself, as one matrix of k columns. */
export function couplingProgram(k: number, geometry: ScatterGeometry): ProgramCode {
  const stage = /* wgsl */ `
      let weight = v[pass_.firstTile * ${TILE_QUADS}u + quad];
      ${each(4, (lane) => {
        const index = `4u * j + ${lane}u`;
        const value = `plan[min(${index}, ${k - 1}u) * stride + quad]`;
        return `let f${lane} = select(vec4f(0.0), ${value}, vec4<bool>(${index} < ${k}u));`;
      })}
      ${each(4, (lane) => `let e${lane} = select(f${lane} / weight, vec4f(0.0), weight == vec4f(0.0));`)}`;
  return {
    label: `coupling k=${k}`,
    bindings: ['uniform', 'read', 'read', 'write'],
    code: scatterCode(
      geometry,
      quads(k),
      stage,
      /* wgsl */ `
@group(0) @binding(1) var<storage, read> v: array<vec4f>;    // row weights [tiles, 64]
@group(0) @binding(2) var<storage, read> plan: array<vec4f>; // [k, tiles of the pass, 64]
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;`,
    ),
  };
}

/** e0 … e3 = x − μ in four columns from 4j, for four rows; 0 beyond the last column. */
function differences({ d }: ModelLayout): string {
  const one = (lane: number): string => {
    if (d % 4 === 0) return `let e${lane} = x[at + (4u * j + ${lane}u) * 64u] - m.${lanes[lane]};`;
    const index = `4u * j + ${lane}u`;
    const value = `x[at + min(${index}, ${d - 1}u) * 64u] - m.${lanes[lane]}`;
    return `let e${lane} = select(vec4f(0.0), ${value}, vec4<bool>(${index} < ${d}u));`;
  };
  return `let m = model[c + 1u + j];\n${each(4, one)}`;
}

/** e0 … e3 = ((x − μ) W) in four columns from 4j. W is 0 where rows that are not there would be read. */
function whitened({ d, whitening, block }: ModelLayout): string {
  const term = (lane: number): string => {
    const index = d % 4 === 0 ? `4u * i + ${lane}u` : `min(4u * i + ${lane}u, ${d - 1}u)`;
    return `{ let u = x[at + (${index}) * 64u] - m.${lanes[lane]}; let w = model[factor + ${lane * block}u];
        ${each(4, (column) => `e${column} = fma(u, vec4f(w.${lanes[column]}), e${column});`)} }`;
  };
  return /* wgsl */ `
      ${each(4, (column) => `var e${column} = vec4f(0.0);`)}
      let b = j / ${block}u;
      var factor = c + ${whitening}u + ${2 * block * block}u * b * (b + 1u) + j % ${block}u;
      for (var i = 0u; i <= j; i++) {
        let m = model[c + 1u + i];
        ${each(4, term)}
        factor += ${4 * block}u;
      }`;
}

function scatterCode(geometry: ScatterGeometry, wide: number, stage: string, bindings: string): string {
  const { side, diagonals, components, rows, workgroup } = geometry;
  const staged = components * rows * rowStride(diagonals * side, rows);
  return /* wgsl */ `
${bindings}
${sumDeclarations(geometry)}
const K = ${geometry.units}u;
const COMPONENTS = ${components}u; // per workgroup
const WIDE = ${diagonals * side}u; // quads of columns, filled up to whole tiles
const STAGED = ${rowStride(diagonals * side, rows)}u; // quads from one staged row to the next
const TILES = ${geometry.tiles}u;
const TILES_PER_GROUP = ${geometry.tilesPerGroup}u;
var<workgroup> us: array<vec4f, ${staged}>;
var<workgroup> ps: array<vec4f, ${staged}>; // p u
var<workgroup> masses: array<f32, ${components * rows}>;
${summingMain({
  geometry,
  place: place(geometry),
  clear: /* wgsl */ `
    ${each(4 * side * side, (i) => `var a${i} = vec4f(0.0);`)}
    ${each(side, (i) => `var first${i} = vec4f(0.0);`)}
    var mass = 0.0;`,
  stage: /* wgsl */ `
      for (var item = t; item < COMPONENTS * ROW_QUADS * WIDE; item += ${workgroup}u) {
        let rows = item % ROW_QUADS;
        let component = item / (ROW_QUADS * WIDE);
        let k = firstComponent + component;
        if (k < K) { stageQuad(begin + rows, rows, item / ROW_QUADS % WIDE, component, k, stride); }
      }`,
  add: add(side),
  flush: flush(side),
})}
${stageQuad(wide, stage)}`;
}

/**
 * Which tile of which component is this invocation's. Tiles on the diagonal come first, then those below it row by row.
 */
function place({ components, tilesPerGroup, tileGroups, splits, diagonals }: ScatterGeometry): string {
  return /* wgsl */ `
  let firstTile = (group / SPLITS % ${tileGroups}u) * TILES_PER_GROUP;
  let firstComponent = group / ${splits * tileGroups}u * COMPONENTS;
  let unit = t % ${components * tilesPerGroup}u;
  let lane = t / ${components * tilesPerGroup}u;
  let tile = firstTile + unit % TILES_PER_GROUP;
  let mine = unit / TILES_PER_GROUP;
  let works = lane < LANES && tile < TILES && firstComponent + mine < K;
  var row = tile;
  var column = tile;
  let diagonal = tile < ${diagonals}u;
  if (!diagonal) {
    let below = tile - ${diagonals}u;
    row = u32((1.0 + sqrt(1.0 + 8.0 * f32(below))) * 0.5);
    row -= u32(row * (row - 1u) / 2u > below); // the root may be rounded up, or down
    row += u32(row * (row + 1u) / 2u <= below);
    column = below - row * (row - 1u) / 2u;
  }
  let partialAt = ((split * LANES + lane) * K + firstComponent + mine) * COUNT;`;
}

function add(side: number): string {
  const factor = (i: number): string => `vec4f(u${Math.floor(i / (4 * side))}.${lanes[Math.floor(i / side) % 4]})`;
  return /* wgsl */ `
          let at = (mine * ROWS + i) * STAGED;
          ${each(side, (q) => `let u${q} = us[at + row * ${side}u + ${q}u];\nlet p${q} = ps[at + column * ${side}u + ${q}u];`)}
          ${each(4 * side * side, (i) => `a${i} = fma(${factor(i)}, p${i % side}, a${i});`)}
          if (diagonal) {
            ${each(side, (q) => `first${q} += p${q};`)}
            mass += masses[mine * ROWS + i];
          }`;
}

function flush(side: number): string {
  const size = 4 * side * side;
  return /* wgsl */ `
      ${each(size, (i) => `flush(partialAt + tile * ${size}u + ${i}u, a${i});`)}
      if (diagonal) {
        ${each(side, (q) => `flush(partialAt + TILES * ${size}u + tile * ${side}u + ${q}u, first${q});`)}
        if (tile == 0u) { flush(partialAt + COUNT - 1u, vec4f(mass, 0.0, 0.0, 0.0)); }
      }`;
}

/** Four rows of four columns of one component, each row's columns together; rows of a quad are ROW_QUADS apart. */
function stageQuad(wide: number, stage: string): string {
  const to = (r: number): string => `to + (${r}u * ROW_QUADS + rows) * STAGED`;
  return /* wgsl */ `
fn stageQuad(quad: u32, rows: u32, j: u32, component: u32, k: u32, stride: u32) {
  let to = component * ROWS * STAGED + j;
  if (j >= ${wide}u) {
    ${each(4, (r) => `us[${to(r)}] = vec4f(0.0);\nps[${to(r)}] = vec4f(0.0);`)}
    return;
  }
  ${stage}
  ${each(4, (r) => `us[${to(r)}] = ${rowOf('e', r)};\nps[${to(r)}] = ${rowOf('f', r)};`)}
}`;
}
