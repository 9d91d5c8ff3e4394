/**
 * Moments Σ p u uᵀ, Σ p u and Σ p of u that is staged, with the sums in registers and the rows passing by: a lane has a
 * small square of sums of one component. moments.wgsl.ts is faster where u is x − μ.
 */
import { rowStride, type ScatterGeometry } from './geometry.js';
import { HEADER_QUADS, quads, TILE_QUADS, weightLine, type ModelLayout } from './layout.js';
import type { ProgramCode } from './program.js';
import { rowsAt, rowsBinding } from './rows.wgsl.js';
import { rowOf, sumDeclarations, summingMain } from './sums.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/**
 * Moments of every component, of u = (x − μ_k) W_k, computed again: half as much work more than those of differences. Some
 * covariances are so long and narrow that float32 sums of differences would lose the narrow directions. `k` of them are in
 * the plan, which is of a Student-t term P u.
 */
export function whitenedProgram(layout: ModelLayout, k: number, geometry: ScatterGeometry): ProgramCode {
  const { d, columns, radial } = layout;
  const line = weightLine({ k, radial });
  const staging: Staging = {
    begin: `let from_ = (pass_.firstTile + begin / ${TILE_QUADS}u) * ${columns * TILE_QUADS}u + begin % ${TILE_QUADS}u;`,
    prepare: (n) => `let c${n} = ${HEADER_QUADS}u + k${n} * ${layout.stride}u;
  let plan${n} = (k${n}${line > 0 ? ` + ${line}u` : ''}) * stride + rows${n};`,
    values: (n) => `let p = plan[plan${n} + begin];
        ${whitened(layout, n)}
        ${each(4, (j) => `let f${j} = e${j} * p;`)}`,
    mass: 'p',
  };
  return {
    label: `moments whitened d=${d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: scatterCode(
      geometry,
      quads(d),
      staging,
      /* wgsl */ `
${rowsBinding(layout.rows)}
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [k, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;`,
    ),
  };
}

/** Σ a u uᵀ of averages u of d columns (whiten.wgsl.ts), as one matrix. */
export function averagesProgram(d: number, geometry: ScatterGeometry): ProgramCode {
  const value = (n: number) => (lane: number) => {
    const index = `4u * j${n} + ${lane}u`;
    const at = (column: string): string => `averages[from_ + rows${n} + ${column} * ${TILE_QUADS}u]`;
    if (d % 4 === 0) return `let e${lane} = ${at(`(${index})`)};`;
    return `let e${lane} = select(vec4f(0.0), ${at(`min(${index}, ${d - 1}u)`)}, vec4<bool>(${index} < ${d}u));`;
  };
  const staging: Staging = {
    begin: `let from_ = begin / ${TILE_QUADS}u * ${d * TILE_QUADS}u + begin % ${TILE_QUADS}u;
        let weights = pass_.firstTile * ${TILE_QUADS}u + begin;`,
    prepare: () => '',
    values: (n) => `let weight = v[weights + rows${n}];
        ${each(4, value(n))}
        ${each(4, (lane) => `let f${lane} = e${lane} * weight;`)}`,
  };
  return {
    label: `averages' moments d=${d}`,
    bindings: ['uniform', 'read', 'read', 'write'],
    code: scatterCode(
      geometry,
      quads(d),
      staging,
      /* wgsl */ `
@group(0) @binding(1) var<storage, read> averages: array<vec4f>; // [tiles of the pass, d, 64] of quads of rows
@group(0) @binding(2) var<storage, read> v: array<vec4f>;        // row weights [tiles, 64]
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;`,
    ),
  };
}

/** Σ a r rᵀ over the plan itself, as one matrix of k columns. */
export function couplingProgram(k: number, geometry: ScatterGeometry): ProgramCode {
  const staging: Staging = {
    begin: `let weights = pass_.firstTile * ${TILE_QUADS}u + begin;`,
    prepare: () => '',
    values: (n) => `let weight = v[weights + rows${n}];
        ${each(4, (lane) => {
          const index = `4u * j${n} + ${lane}u`;
          const value = `plan[min(${index}, ${k - 1}u) * stride + begin + rows${n}]`;
          return `let f${lane} = select(vec4f(0.0), ${value}, vec4<bool>(${index} < ${k}u));`;
        })}
        ${each(4, (lane) => `let e${lane} = select(f${lane} / weight, vec4f(0.0), weight == vec4f(0.0));`)}`,
  };
  return {
    label: `coupling k=${k}`,
    bindings: ['uniform', 'read', 'read', 'write'],
    code: scatterCode(
      geometry,
      quads(k),
      staging,
      /* wgsl */ `
@group(0) @binding(1) var<storage, read> v: array<vec4f>;    // row weights [tiles, 64]
@group(0) @binding(2) var<storage, read> plan: array<vec4f>; // [k, tiles of the pass, 64]
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;`,
    ),
  };
}

/**
 * How u and p u of four rows and four columns come about: an item. An invocation has the same items all along, those of
 * `rows<n>`, of quad of columns `j<n>`, and of component `k<n>`.
 */
interface Staging {
  /** For all items, before a number of rows from quad `begin` on is staged. */
  readonly begin: string;
  /** What an item is known by, once. */
  readonly prepare: (n: number) => string;
  /** Declares u as e0 … e3 and p u as f0 … f3, by columns. */
  readonly values: (n: number) => string;
  /** What is summed besides with first moments, if they are: the name of p. */
  readonly mass?: string;
}

/** e0 … e3 = ((x − μ) W) in four columns from 4j. W is 0 where rows that are not there would be read. */
function whitened({ d, rows, whitening, block }: ModelLayout, n: number): string {
  const term = (lane: number): string => {
    const index = d % 4 === 0 ? `4u * i + ${lane}u` : `min(4u * i + ${lane}u, ${d - 1}u)`;
    return `{ let u = ${rowsAt(rows, `from_ + rows${n} + (${index}) * 64u`)} - m.${lanes[lane]}; let w = model[factor + ${lane * block}u];
        ${each(4, (column) => `e${column} = fma(u, vec4f(w.${lanes[column]}), e${column});`)} }`;
  };
  return /* wgsl */ `
      ${each(4, (column) => `var e${column} = vec4f(0.0);`)}
      let b = j${n} / ${block}u;
      var factor = c${n} + ${whitening}u + ${2 * block * block}u * b * (b + 1u) + j${n} % ${block}u;
      for (var i = 0u; i <= j${n}; i++) {
        let m = model[c${n} + 1u + i];
        ${each(4, term)}
        factor += ${4 * block}u;
      }`;
}

function scatterCode(geometry: ScatterGeometry, wide: number, staging: Staging, bindings: string): string {
  const { side, diagonals, components, rows } = geometry;
  const staged = `array<array<array<vec4f, ${rowStride(diagonals * side, rows)}>, ${rows}>, ${components}>`;
  return /* wgsl */ `
${bindings}
${sumDeclarations(geometry)}
const K = ${geometry.units}u;
const COMPONENTS = ${components}u; // per workgroup
const WIDE = ${diagonals * side}u; // quads of columns, filled up to whole tiles
const TILES = ${geometry.tiles}u;
const TILES_PER_GROUP = ${geometry.tilesPerGroup}u;
// By component, row and quad of columns; the even quads before the odd ones where tiles have both.
var<workgroup> us: ${staged};
var<workgroup> ps: ${staged}; // p u
${summingMain({
  geometry,
  place: `${place(geometry)}${items(geometry, (n) => item(geometry, wide, n, staging))}`,
  clear: /* wgsl */ `
    ${each(4 * side * side, (i) => `var a${i} = vec4f(0.0);`)}
    ${staging.mass ? items(geometry, (n) => `var first${n} = vec4f(0.0);\nvar mass${n} = 0.0;`) : ''}`,
  stage: `${staging.begin}\n${items(geometry, (n) => stageItem(n, staging))}`,
  add: add(side),
  flush: each(4 * side * side, (i) => `flush(partialAt + tile * ${4 * side * side}u + ${i}u, a${i});`),
  ...(staging.mass && { after: flushFirsts(geometry) }),
})}`;
}

/** Text for each of an invocation's items. */
function items({ components, rows, diagonals, side, workgroup }: ScatterGeometry, of: (n: number) => string): string {
  return each(Math.ceil((components * rows * diagonals * side) / (4 * workgroup)), of);
}

/** Where an item lies, and whether there is such a one. */
function item({ side, diagonals, workgroup }: ScatterGeometry, wide: number, n: number, staging: Staging): string {
  return /* wgsl */ `
  let rows${n} = (t + ${n * workgroup}u) % ROW_QUADS;
  let j${n} = (t + ${n * workgroup}u) / ROW_QUADS % WIDE;
  let component${n} = (t + ${n * workgroup}u) / (ROW_QUADS * WIDE);
  let to${n} = ${side === 1 ? `j${n}` : `j${n} / 2u + j${n} % 2u * ${diagonals}u`};
  let k${n} = firstComponent + component${n};
  let stages${n} = component${n} < COMPONENTS && k${n} < K;
  let filled${n} = ${wide === diagonals * side ? `stages${n}` : `stages${n} && j${n} < ${wide}u`};
  ${staging.prepare(n)}`;
}

/** An item's u and p u, each row's columns together; rows of a quad are ROW_QUADS apart. Beyond all columns are zeros. */
function stageItem(n: number, { values, mass }: Staging): string {
  const to = (r: number): string => `[component${n}][${r}u * ROW_QUADS + rows${n}][to${n}]`;
  return /* wgsl */ `
      if (filled${n}) {
        ${values(n)}
        ${each(4, (r) => `let g${r} = ${rowOf('f', r)};\nus${to(r)} = ${rowOf('e', r)};\nps${to(r)} = g${r};`)}
        ${mass ? `first${n} += (g0 + g1) + (g2 + g3);\nmass${n} += (${mass}.x + ${mass}.y) + (${mass}.z + ${mass}.w);` : ''}
      } else if (stages${n}) {
        ${each(4, (r) => `us${to(r)} = vec4f(0.0);\nps${to(r)} = vec4f(0.0);`)}
      }`;
}

/**
 * First moments and masses, which items have summed: those of the same columns are added up in shared memory, once it has
 * been read, by the item of the first rows. They are the first lane's, of the workgroup that has the first tiles.
 */
function flushFirsts(geometry: ScatterGeometry): string {
  const { side } = geometry;
  const sum = (n: number): string => /* wgsl */ `
    if (firstTile == 0u && stages${n} && rows${n} == 0u) {
      var first = vec4f(0.0);
      var mass = 0.0;
      for (var r = 0u; r < ROW_QUADS; r++) {
        first += us[component${n}][r][to${n}];
        mass += ps[component${n}][r][to${n}].x;
      }
      let at = (split * LANES * K + k${n}) * COUNT;
      flush(at + TILES * ${4 * side * side}u + j${n}, first);
      if (j${n} == 0u) { flush(at + COUNT - 1u, vec4f(mass, 0.0, 0.0, 0.0)); }
    }`;
  return /* wgsl */ `
    workgroupBarrier();
    ${items(geometry, (n) => `if (stages${n}) {\nus[component${n}][rows${n}][to${n}] = first${n};\nps[component${n}][rows${n}][to${n}] = vec4f(mass${n});\n}`)}
    workgroupBarrier();
    ${items(geometry, sum)}`;
}

/** Which tile of which component is this invocation's: those on the diagonal come first, then those below it row by row. */
function place({ components, tilesPerGroup, tileGroups, diagonals }: ScatterGeometry): string {
  return /* wgsl */ `
  let firstTile = (part % ${tileGroups}u) * TILES_PER_GROUP;
  let firstComponent = part / ${tileGroups}u * COMPONENTS;
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
  const place = (of: string, q: number): string => (q === 0 ? of : `${of} + WIDE / 2u`);
  return /* wgsl */ `
          ${each(side, (q) => `let u${q} = us[mine][i][${place('row', q)}];\nlet p${q} = ps[mine][i][${place('column', q)}];`)}
          ${each(4 * side * side, (i) => `a${i} = fma(${factor(i)}, p${i % side}, a${i});`)}`;
}
