/**
 * From rows to logits, generated for one form and d: what every kernel that needs costs begins with. An
 * invocation holds four rows in a vec4f. Columns of few are kept in registers; of many they are read again
 * for every block of columns of W.
 */
import { COMPONENT_STEP, HEADER_QUADS, quads, type ModelLayout } from './layout.js';
import { rowsAt } from './rows.wgsl.js';
import { studentLogit, studentWeight } from './student.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/** Declares `x0, x1, …` where rows stay in registers; `row` is the address of the first column's quad. */
export function loadRow({ d, rows, held }: ModelLayout, row: string): string {
  return d > held ? '' : each(d, (i) => `let x${i} = ${rowsAt(rows, `${row} + ${64 * i}u`)};`);
}

/** The value of column i, known when code is generated. */
function column({ d, rows, held }: ModelLayout, row: string, i: number): string {
  return d > held ? rowsAt(rows, `${row} + ${64 * i}u`) : `x${i}`;
}

/** What becomes of z = (x − μ) W in column j, both WGSL: statements. */
type Use = (z: string, j: string) => string;

/** Squared distances q. */
const square: Use = (z) => `q = fma(${z}, ${z}, q);`;

/** z of one component whose parts begin at `c`, column by column: statements that `use` them, or add their squares to `q`. */
export function whiten(layout: ModelLayout, row: string, c: string, use: Use = square): string {
  return layout.d > layout.held ? loopedMatrix(layout, row, c, use) : unrolledMatrix(layout, row, c, use);
}

function unrolledMatrix(layout: ModelLayout, row: string, c: string, use: Use): string {
  const { d, whitening } = layout;
  let at = whitening;
  const blocks = each(quads(d), (block) => {
    const width = Math.min(4, d - 4 * block);
    const rows = each(4 * block + width, (i) => {
      const first = Math.max(0, i - 4 * block);
      const terms = Array.from({ length: width - first }, (_, lane) => first + lane);
      return `{ let d = ${column(layout, row, i)} - model[${c} + ${1 + (i >> 2)}u].${lanes[i % 4]}; let w = model[${c} + ${at++}u]; ${terms.map((lane) => `z${lane} = fma(d, vec4f(w.${lanes[lane]}), z${lane});`).join(' ')} }`;
    });
    at += 4 - width; // rows of zeros that fill the last block up
    const used = each(width, (lane) => use(`z${lane}`, `${4 * block + lane}u`));
    return `{\n${each(width, (lane) => `var z${lane} = vec4f(0.0);`)}\n${rows}\n${used}\n}`;
  });
  return blocks;
}

function loopedMatrix({ d, rows, whitening, block }: ModelLayout, row: string, c: string, use: Use): string {
  const width = 4 * block;
  // Columns of the block from `first` on: W is 0 before.
  const accumulate = (difference: string, i: number, first = 0): string =>
    `{ let d = ${difference}; ${Array.from({ length: width - first }, (_, index) => {
      const j = first + index;
      const quad = j >> 2;
      return `${index === 0 || j % 4 === 0 ? `let w${quad} = model[p + ${i * block + quad}u]; ` : ''}z${j} = fma(d, vec4f(w${quad}.${lanes[j % 4]}), z${j});`;
    }).join(' ')} }`;
  return `
var p = ${c} + ${whitening}u;
for (var b = 0u; b < ${Math.ceil(d / width)}u; b++) {
${each(width, (j) => `var z${j} = vec4f(0.0);`)}
for (var i = 0u; i < b * ${block}u; i++) {
let m = model[${c} + 1u + i];
let at = ${row} + i * 256u;
${each(4, (lane) => accumulate(`${rowsAt(rows, `at + ${64 * lane}u`)} - m.${lanes[lane]}`, lane))}
p += ${4 * block}u;
}
${each(block, (quad) => {
  const first = `b * ${width}u + ${4 * quad}u`;
  const means = `let m${quad} = model[${c} + 1u + min(b * ${block}u + ${quad}u, ${quads(d) - 1}u)];`;
  const one = (lane: number): string => {
    // Beyond the last column W is 0: what is read instead does not matter.
    const value = rowsAt(rows, `${row} + 64u * min(${first} + ${lane}u, ${d - 1}u)`);
    return accumulate(`${value} - m${quad}.${lanes[lane]}`, 4 * quad + lane, 4 * quad + lane);
  };
  return `${means}\n${each(4, one)}`;
})}
p += ${4 * block * block}u;
${each(width, (j) => use(`z${j}`, `(b * ${width}u + ${j}u)`))}
}`;
}

/** Squared distances `q0 … q3` of four components from `c` on, columns measured one by one. */
export function diagonalDistances(layout: ModelLayout, row: string, c: string): string {
  const { whitening, stride, scale } = layout;
  const factor = (one: number): string => `{ let s = model[${c} + ${one * stride + whitening}u].x; q${one} *= s * s; }`;
  return `${differenceSquares(layout, row, c)}\n${scale === 'component' ? each(COMPONENT_STEP, factor) : ''}`;
}

function differenceSquares(layout: ModelLayout, row: string, c: string): string {
  const { d, rows, whitening, stride, scale, held } = layout;
  const scaled = scale === 'columns';
  const quad = (index: string, value: (lane: number) => string, width: number): string =>
    each(COMPONENT_STEP, (one) => {
      const begin = `${c} + ${one * stride}u`;
      const terms = Array.from({ length: width }, (_, lane) => {
        const z = `(${value(lane)} - m.${lanes[lane]})${scaled ? ` * s.${lanes[lane]}` : ''}`;
        return `{ let z = ${z}; q${one} = fma(z, z, q${one}); }`;
      });
      return `{ let m = model[${begin} + 1u + ${index}]; ${scaled ? `let s = model[${begin} + ${whitening}u + ${index}];` : ''} ${terms.join(' ')} }`;
    });
  if (d <= held) {
    return each(quads(d), (index) => quad(`${index}u`, (lane) => `x${4 * index + lane}`, Math.min(4, d - 4 * index)));
  }
  const whole = Math.floor(d / 4);
  const loaded = (row_: string, width: number): string =>
    each(width, (lane) => `let v${lane} = ${rowsAt(rows, `${row_} + ${64 * lane}u`)};`);
  const rest =
    d % 4 === 0
      ? ''
      : `{\n${loaded(`${row} + ${whole * 256}u`, d % 4)}\n${quad(`${whole}u`, (lane) => `v${lane}`, d % 4)}\n}`;
  return `
for (var i = 0u; i < ${whole}u; i++) {
let at = ${row} + i * 256u;
${loaded('at', 4)}
${quad('i', (lane) => `v${lane}`, 4)}
}
${rest}`;
}

/**
 * A loop over the components `from` ≤ k < `to` with the logits of each; `use` is given the names of k and of its logits,
 * and of a Student-t term an expression of u. `added` says what is added to those of the quadratic term, if there is one.
 */
export function eachLogit(
  layout: ModelLayout,
  row: string,
  [from, to]: readonly [string, string],
  use: (k: string, logit: string, u: string) => string,
  added?: (k: string) => string,
): string {
  const { d, matrix, radial, stride } = layout;
  const begin = `let c = ${HEADER_QUADS}u + k * ${stride}u;`;
  const more = (k: string): string => (added ? ` + ${added(k)}` : '');
  const logit = (q: string, c: string, k: string): string =>
    `${radial ? studentLogit(q, `model[${c}]`) : `fma(${q}, vec4f(-model[0].x), vec4f(model[${c}].x))`}${more(k)}`;
  if (d === 0) {
    return `
for (var k = ${from}; k < ${to}; k++) {
${begin}
let logit = vec4f(model[c].x)${more('k')};
${use('k', 'logit', 'vec4f(1.0)')}
}`;
  }
  if (matrix) {
    return `
for (var k = ${from}; k < ${to}; k++) {
${begin}
var q = vec4f(0.0);
${whiten(layout, row, 'c')}
let logit = ${logit('q', 'c', 'k')};
${use('k', 'logit', studentWeight('q', 'model[c]'))}
}`;
  }
  return `
for (var k = ${from}; k < ${to}; k += ${COMPONENT_STEP}u) {
${begin}
${each(COMPONENT_STEP, (one) => `var q${one} = vec4f(0.0);`)}
${diagonalDistances(layout, row, 'c')}
${each(COMPONENT_STEP, (one) => `if (k + ${one}u < ${to}) {\nlet logit = ${logit(`q${one}`, `c + ${one * stride}u`, `(k + ${one}u)`)};\n${use(`(k + ${one}u)`, 'logit', studentWeight(`q${one}`, `model[c + ${one * stride}u]`))}\n}`)}
}`;
}
