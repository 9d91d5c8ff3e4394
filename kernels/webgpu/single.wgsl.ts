/**
 * The whole sweep in one kernel, for models so small that an invocation has all their sums in registers. No plan is
 * written, and every row is read once. Moments are whitened, which costs nothing here.
 */
import { isMatrix } from '../form.js';
import { linearWidth } from '../linear-shape.js';
import { EXP, LOG } from './arithmetic.wgsl.js';
import { HEADER_QUADS, modelLayout, quads, TILE_QUADS, type ModelLayout } from './layout.js';
import type { GpuShape } from './model.js';
import { modelSize } from './pack.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';
import { rowsAt, rowsBinding } from './rows.wgsl.js';
import { statistics, withProducts } from './single-linear.wgsl.js';
import { STUDENT, studentLogarithm, studentLogit, studentWeight } from './student.wgsl.js';
import { each, lanes } from './text.wgsl.js';

/** Sums that an invocation has room for, and that fit 16 KiB of shared memory for 64 invocations. */
const ROOM = 64;
const MOST_COLUMNS = 16;

export interface SingleShape extends GpuShape {
  readonly hard: boolean;
  readonly coupling: boolean;
}

/**
 * Where each kind of sum begins: the objective first, then masses, first and second moments, statistics, radial sums,
 * coupling.
 */
export interface SingleLayout {
  readonly first: number;
  readonly second: number;
  /**
   * Second moments of one component: the lower triangle row by row, or the diagonal; all of
   * them where the form shares one.
   */
  readonly secondSize: number;
  /** Statistics of a linear term, `[k, width]`. */
  readonly linear: number;
  /** Σ P u of each component, then Σ P (log u − u + 1) of each, of a Student-t term. */
  readonly radial: number;
  readonly coupling: number;
  readonly count: number;
}

export function singleLayout({ form, k, d, radial, coupling, linear }: SingleShape): SingleLayout {
  const first = 1 + k;
  const second = first + k * d;
  const secondSize = isMatrix(form) ? (d * (d + 1)) / 2 : d;
  const last = second + secondSize * (form === 'tied' ? 1 : k);
  const after = last + (linear ? k * linearWidth(linear) : 0);
  const end = after + (radial ? 2 * k : 0);
  const count = end + (coupling ? (k * (k + 1)) / 2 : 0);
  return { first, second, secondSize, linear: last, radial: after, coupling: end, count };
}

export function fitsSingle(shape: SingleShape): boolean {
  return modelLayout(shape).columns <= MOST_COLUMNS && singleLayout(shape).count <= ROOM;
}

/** Sums of every segment of `segmentTiles` tiles under every model, `[models, count, segments]`: models are the grid's depth. */
export function singleProgram(shape: SingleShape, segmentTiles: number): ProgramCode {
  const { form, k, d, radial, hard } = shape;
  const layout = modelLayout(shape);
  const { columns } = layout;
  const { count } = singleLayout(shape);
  return {
    label: `single ${radial ? `${radial} ` : ''}${form} d=${d} k=${k}${hard ? ' hard' : ''}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write'],
    code: /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
${rowsBinding(layout.rows)}
@group(0) @binding(2) var<storage, read> v: array<vec4f>;            // row weights [tiles, 64]
@group(0) @binding(3) var<storage, read> model: array<vec4f>;        // kernels/webgpu/layout.ts, one model behind the other
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;     // [models, count, all segments]
${GROUP_INDEX}
${EXP}
${LOG}${radial ? STUDENT : ''}
var<workgroup> shares: array<f32, ${count * TILE_QUADS}>;
@compute @workgroup_size(${TILE_QUADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) gridSize: vec3u, @builtin(local_invocation_index) lane: u32) {
  let segment = groupIndex(id, gridSize);
  let begin = segment * ${segmentTiles}u;
  if (begin >= pass_.tiles) { return; }
  let at = id.z * ${modelSize(shape) / 4}u; // of this workgroup's model
  ${each(count, (i) => `var s${i} = 0.0;`)}
  for (var tile = begin; tile < min(begin + ${segmentTiles}u, pass_.tiles); tile++) {
    let weight = v[(pass_.firstTile + tile) * ${TILE_QUADS}u + lane];
    let row = (pass_.firstTile + tile) * ${columns * TILE_QUADS}u + lane;
    ${each(columns, (i) => `let x${i} = ${rowsAt(layout.rows, `row + ${i * TILE_QUADS}u`)};`)}
    ${statistics(shape)}${each(k, (c) => logit(shape, layout, c))}
    ${each(k, (c) => (c === 0 ? 'var largest = l0;' : `largest = max(largest, l${c});`))}
    ${hard ? assign(k) : softmin(k)}
    s0 += dot(weight, logSum - model[at].y);
    ${each(k, (c) => `let p${c} = r${c} * weight;`)}
    ${moments(shape)}
  }
  ${each(count, (i) => `shares[${i * TILE_QUADS}u + lane] = s${i};`)}
  workgroupBarrier();
  if (lane < ${count}u) {
    var sum = 0.0;
    for (var i = 0u; i < ${TILE_QUADS}u; i++) { sum += shares[lane * ${TILE_QUADS}u + i]; }
    let segments = arrayLength(&sums) / (${count}u * gridSize.z);
    sums[(id.z * ${count}u + lane) * segments + pass_.firstTileOfAll + segment] = sum;
  }
}`,
  };
}

/** Adds a quad of rows to the sums `s<index>`. */
function moments(shape: SingleShape): string {
  const { form, k, d, radial, coupling, linear } = shape;
  const sums = singleLayout(shape);
  const columns = Array.from({ length: d }, (_, j) => j);
  const add = (index: number, value: string): string => `s${index} += ${value};`;
  const ofComponent = (c: number): string => {
    const second = sums.second + (form === 'tied' ? 0 : c * sums.secondSize);
    const pairs = isMatrix(form)
      ? columns.flatMap((j) => columns.slice(0, j + 1).map((l) => [(j * (j + 1)) / 2 + l, j, l] as const))
      : columns.map((j) => [j, j, j] as const);
    return `
      ${add(1 + c, `dot(p${c}, vec4f(1.0))`)}
      ${radial ? ofRadial(c) : ''}${columns.map((j) => `let u${c}_${j} = ${radial ? 'w' : 'p'}${c} * z${c}_${j}; ${add(sums.first + c * d + j, `dot(u${c}_${j}, vec4f(1.0))`)}`).join('\n')}
      ${pairs.map(([at, j, l]) => add(second + at, `dot(u${c}_${j}, z${c}_${l})`)).join('\n')}${linear ? ofStatistics(c, linearWidth(linear)) : ''}`;
  };
  const ofRadial = (c: number): string => `let w${c} = p${c} * u${c};
      ${add(sums.radial + c, `dot(w${c}, vec4f(1.0))`)}
      ${add(sums.radial + k + c, `dot(p${c}, ${studentLogarithm(`u${c}`)})`)}
      `;
  const ofStatistics = (c: number, width: number): string =>
    `\n${each(width, (j) => add(sums.linear + c * width + j, `dot(p${c}, t${j})`))}`;
  const ofPairs = (c: number): string =>
    Array.from({ length: c + 1 }, (_, l) => add(sums.coupling + (c * (c + 1)) / 2 + l, `dot(p${c}, r${l})`)).join('\n');
  return `${each(k, ofComponent)}\n${coupling ? each(k, ofPairs) : ''}`;
}

const softmin = (k: number): string => `
    ${each(k, (c) => `let e${c} = expOf(l${c} - largest);`)}
    let total = ${Array.from({ length: k }, (_, c) => `e${c}`).join(' + ')};
    let logSum = largest + logOf(total);
    ${each(k, (c) => `let r${c} = e${c} / total;`)}`;

const assign = (k: number): string => `
    var left = vec4<bool>(true);
    let logSum = largest;
    ${each(k, (c) => `let h${c} = left & (l${c} == largest); left = left & !h${c}; let r${c} = select(vec4f(0.0), vec4f(1.0), h${c});`)}`;

/** Whitened differences `z<c>_<j>` and the logit `l<c>` of one component. */
function logit(shape: SingleShape, { matrix, d, whitening, stride }: ModelLayout, c: number): string {
  const at = HEADER_QUADS + c * stride;
  const means = each(quads(d), (quad) => `let m${c}_${quad} = model[at + ${at + 1 + quad}u];`);
  const difference = (j: number): string => `(x${j} - m${c}_${j >> 2}.${lanes[j & 3]})`;
  const squares = each(d, (j) => `q${c} = fma(z${c}_${j}, z${c}_${j}, q${c});`);
  const own = `model[at + ${at}u]`;
  const gaussian = `fma(q${c}, vec4f(-model[at].x), vec4f(${own}.x))`;
  const quadratic = shape.radial ? studentLogit(`q${c}`, own) : gaussian;
  const weight = shape.radial ? `\nlet u${c} = ${studentWeight(`q${c}`, own)};` : '';
  const end = `let l${c} = ${withProducts(shape, quadratic, c)};${weight}`;
  const z = matrix
    ? triangular()
    : each(d, (j) => `let z${c}_${j} = ${difference(j)} * model[at + ${at + whitening + (j >> 2)}u].${lanes[j & 3]};`);
  return `${means}\n${z}\nvar q${c} = vec4f(0.0);\n${squares}\n${end}`;

  /** W is packed by blocks of four columns (layout.ts), each a quad for every row i. */
  function triangular(): string {
    const entry = (i: number, j: number): string => {
      const block = j >> 2;
      return `model[at + ${at + whitening + 2 * block * (block + 1) + i}u].${lanes[j & 3]}`;
    };
    const sum = (j: number): string =>
      Array.from({ length: j + 1 }, (_, i) => i).reduce(
        (text, i) => (i === 0 ? `d${c}_0 * ${entry(0, j)}` : `fma(d${c}_${i}, vec4f(${entry(i, j)}), ${text})`),
        '',
      );
    return `${each(d, (j) => `let d${c}_${j} = ${difference(j)};`)}\n${each(d, (j) => `let z${c}_${j} = ${sum(j)};`)}`;
  }
}
