/**
 * Moments Σ p u uᵀ, Σ p u and Σ p with u = x − μ_k, of components that have matrices. A lane has a component, whose sums
 * over a tile of columns are in registers.
 */
import { HEADER_QUADS, quads, TILE_QUADS, weightLine, type ModelLayout } from './layout.js';
import { planStride, rowStride, stagedQuads, type MomentGeometry } from './moments-geometry.js';
import type { ProgramCode } from './program.js';
import { rowsAt, rowsBinding } from './rows.wgsl.js';
import { rowOf, sumDeclarations, summingMain, type Summing } from './sums.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/** A tile's sums: in each quad of them four, the last filled up by zeros. */
export function momentsProgram(layout: ModelLayout, k: number, geometry: MomentGeometry): ProgramCode {
  const { components, rows, shares } = geometry;
  const names = sumNames(geometry);
  const { declare, load, stage } = staging(layout, k, geometry);
  return {
    label: `moments ${geometry.triangular ? 'triangles' : 'rectangles'} d=${layout.d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
${rowsBinding(layout.rows)}
@group(0) @binding(2) var<storage, read> model: array<vec4f>; // kernels/webgpu/layout.ts
@group(0) @binding(3) var<storage, read> plan: array<vec4f>;  // [lines, tiles of the pass, 64]
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;
${sumDeclarations(geometry)}
const K = ${k}u;
const COMPONENTS = ${components}u; // per workgroup
const SHARES = ${shares}u;         // lanes that share a component
var<workgroup> xs: array<array<vec4f, ${rowStride(stagedQuads(geometry))}>, ROW_QUADS>; // by quad of rows, row and quad of columns
var<workgroup> ps: array<array<vec4f, ${planStride(rows)}>, COMPONENTS>; // by component and quad of rows

fn mean(component: u32, column: u32) -> f32 {
  let at = min(column, ${layout.d - 1}u);
  return model[component + at / 4u][at % 4u];
}
${summingMain({
  geometry,
  place: place(layout, geometry),
  clear: `${names.map((name) => `var ${name} = 0.0;`).join('\n')}\n${declare}`,
  ...(geometry.ahead ? { load, stage } : { stage: `let loaded = begin;\n${load}\n${stage}` }),
  loop: `var n = 0u; n < ROW_QUADS / SHARES; n++`,
  add: add(geometry),
  flush: '',
  after: flush(geometry, names),
})}`,
  };
}

/** The names of a tile's sums, in their order: of row j those of columns l ≤ j, or all l; first moments, and the mass. */
function sumNames({ triangular, height, width }: MomentGeometry): string[] {
  const columns = (j: number): number => (triangular ? j + 1 : width);
  const second = Array.from({ length: height }, (_, j) =>
    Array.from({ length: columns(j) }, (_column, l) => `s${j}_${l}`),
  ).flat();
  const first = Array.from({ length: height }, (_, j) => `f${j}`);
  return triangular ? [...second, ...first, 'mass'] : second;
}

/** Which component is this lane's, which tile the workgroup's, and the means of its columns. */
function place({ stride }: ModelLayout, geometry: MomentGeometry): string {
  const { triangular, height, width, parts, tiles } = geometry;
  const below = /* wgsl */ `
  let pair = tile / ${parts}u;
  var row = u32((1.0 + sqrt(1.0 + 8.0 * f32(pair))) * 0.5);
  row -= u32(row * (row - 1u) / 2u > pair); // the root may be rounded up, or down
  row += u32(row * (row + 1u) / 2u <= pair);
  let rowAt = row * ${height}u;
  let columnAt = (pair - row * (row - 1u) / 2u) * ${height}u + tile % ${parts}u * ${width}u;`;
  return /* wgsl */ `
  let tile = part % ${tiles}u;
  let firstComponent = part / ${tiles}u * COMPONENTS;
  let mine = t % COMPONENTS;
  let share = t / COMPONENTS;
  let works = share < SHARES && firstComponent + mine < K;
  ${triangular ? `let rowAt = tile * ${height}u;` : below}
  let component = ${HEADER_QUADS}u + min(firstComponent + mine, K - 1u) * ${stride}u + 1u;
  ${each(height, (j) => `let m${j} = mean(component, rowAt + ${j}u);`)}
  ${triangular ? '' : each(width, (l) => `let n${l} = mean(component, columnAt + ${l}u);`)}
  let partialAt = (split * K + firstComponent + mine) * COUNT + tile * ${geometry.tileQuads}u;`;
}

/**
 * Rows with their columns together, and the plan as it lies: from quad `loaded` on into variables, and these into shared
 * memory. What is beyond the last column is in no sum that is read.
 */
function staging({ d, columns, radial, rows: format }: ModelLayout, k: number, geometry: MomentGeometry): Staging {
  const { components, triangular, height, rows } = geometry;
  const line = weightLine({ k, radial });
  const staged = stagedQuads(geometry);
  const own = quads(height);
  const column = (item: string): string => {
    const quad = `${item} / ROW_QUADS`;
    return triangular
      ? `rowAt + 4u * (${quad})`
      : `select(columnAt + 4u * (${quad} - ${own}u), rowAt + 4u * (${quad}), ${quad} < ${own}u)`;
  };
  const plan = itemsOf(components * quads(rows), geometry);
  const values = itemsOf(staged * quads(rows), geometry);
  return {
    declare: `${plan((n) => `var g${n}: vec4f;`, true)}\n${values((n) => each(4, (i) => `var e${n}_${i}: vec4f;`), true)}`,
    load: /* wgsl */ `
      let from_ = (pass_.firstTile + loaded / ${TILE_QUADS}u) * ${columns * TILE_QUADS}u + loaded % ${TILE_QUADS}u;
      ${plan(
        (n, item) => /* wgsl */ `
        let k = min(firstComponent + ${item} / ROW_QUADS, K - 1u)${line > 0 ? ` + ${line}u` : ''};
        g${n} = plan[k * stride + loaded + ${item} % ROW_QUADS];`,
      )}
      ${values(
        (n, item) => /* wgsl */ `
        let column = ${column(item)};
        ${each(4, (i) => `e${n}_${i} = ${rowsAt(format, `from_ + ${item} % ROW_QUADS + min(column + ${i}u, ${d - 1}u) * ${TILE_QUADS}u`)};`)}`,
      )}`,
    stage: /* wgsl */ `
      ${plan((n, item) => `ps[${item} / ROW_QUADS][${item} % ROW_QUADS] = g${n};`)}
      ${values((n, item) => each(4, (r) => `xs[${item} % ROW_QUADS][${r * staged}u + ${item} / ROW_QUADS] = ${rowOf(`e${n}_`, r)};`))}`,
  };
}

type Staging = Required<Pick<Summing, 'stage' | 'load'>> & { readonly declare: string };

/** Text for each of so many items of a workgroup that are a lane's; unguarded for what needs no such item. */
function itemsOf(items: number, { workgroup }: MomentGeometry) {
  return (text: (n: number, item: string) => string, all = false): string =>
    each(Math.ceil(items / workgroup), (n) => {
      const item = `(t + ${n * workgroup}u)`;
      if (all) return text(n, item);
      return `${(n + 1) * workgroup <= items ? '' : `if (${item} < ${items}u) `}{ ${text(n, item)} }`;
    });
}

/** Four rows of the quad that is this lane's turn: each sum gets one product of each row, in their order. */
function add(geometry: MomentGeometry): string {
  const { triangular, height, width } = geometry;
  const staged = stagedQuads(geometry);
  const value = (row: number, quad: number, lane: number): string => `x${row}_${quad + (lane >> 2)}.${lanes[lane % 4]}`;
  const columns = (row: number): string =>
    each(width, (l) => `let w${l} = p.${lanes[row]} * (${value(row, quads(height), l)} - n${l});`);
  const ofRow = (row: number): string => {
    const p = `p.${lanes[row]}`;
    const term = (j: number): string => {
      const own = triangular ? `let w${j} = ${p} * u${j}; f${j} += w${j};` : '';
      return `let u${j} = ${value(row, 0, j)} - m${j}; ${own} ${each(triangular ? j + 1 : width, (l) => `s${j}_${l} = fma(u${j}, w${l}, s${j}_${l});`)}`;
    };
    return `{ ${each(staged, (quad) => `let x${row}_${quad} = xs[i][${row * staged + quad}];`)}
            ${triangular ? `mass += ${p};` : columns(row)}
            ${each(height, term)} }`;
  };
  return /* wgsl */ `
          let i = n * SHARES + share;
          let p = ps[mine][i];
          ${each(4, ofRow)}`;
}

/** The sums of the lanes that share a component, added up in shared memory in the place of the plan, some quads at once. */
function flush({ rows, shares, tileQuads }: MomentGeometry, names: readonly string[]): string {
  const atOnce = quads(rows) / shares;
  const quad = (at: number): string => {
    const four = names.slice(4 * at, 4 * at + 4);
    return `vec4f(${[...four, '0.0', '0.0', '0.0'].slice(0, 4).join(', ')})`;
  };
  const total = (at: string): string =>
    Array.from({ length: shares }, (_, other) => `ps[mine][${other * atOnce}u + ${at}]`).join(' + ');
  return each(Math.ceil(tileQuads / atOnce), (round) => {
    const count = Math.min(atOnce, tileQuads - round * atOnce);
    return /* wgsl */ `
    workgroupBarrier();
    if (works) { ${each(count, (at) => `ps[mine][share * ${atOnce}u + ${at}u] = ${quad(round * atOnce + at)};`)} }
    workgroupBarrier();
    ${each(Math.ceil(count / shares), (turn) => {
      const at = `(share + ${turn * shares}u)`;
      return `if (works && ${at} < ${count}u) { flush(partialAt + ${round * atOnce}u + ${at}, ${total(at)}); }`;
    })}`;
  });
}
