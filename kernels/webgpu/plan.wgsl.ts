/**
 * From rows to the plan: logits, row softmin, and the objective. One invocation has four rows, one workgroup a tile.
 */
import { EXP, LOG, workgroupSum } from './arithmetic.wgsl.js';
import { COMPONENT_STEP, TILE_QUADS, type ModelLayout } from './layout.js';
import { eachLogit, loadRow } from './logits.wgsl.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';
import { rowsBinding } from './rows.wgsl.js';
import { STUDENT, studentLogarithm } from './student.wgsl.js';

export interface PlanOptions {
  readonly layout: ModelLayout;
  readonly k: number;
  /** One-hot responsibilities: the limit ε → 0. */
  readonly hard: boolean;
  readonly subgroups: boolean;
  /** Whether no subgroup has invocations of two slices. */
  readonly within: boolean;
  /** Whether the plan begins as the linear part of logits (linear.wgsl.ts). */
  readonly linear: boolean;
}

const bindings = ({ rows }: ModelLayout, k: number, outputs: string): string => /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
${rowsBinding(rows)}
@group(0) @binding(2) var<storage, read> v: array<vec4f>;          // row weights [tiles, 64]
@group(0) @binding(3) var<storage, read> model: array<vec4f>;      // kernels/webgpu/layout.ts
@group(0) @binding(4) var<storage, read_write> plan: array<vec4f>; // [k, tiles of the pass, 64]
${outputs}
const K = ${k}u;
${GROUP_INDEX}`;

/**
 * Invocations that share a row's components: a workgroup a tile would leave a large GPU
 * idle where a pass has few tiles.
 */
export function slicesFor(k: number): number {
  return k < 16 ? 1 : k < 32 ? 2 : 4;
}

/**
 * A workgroup's beginning. What a slice reads of the model is the same for a whole subgroup where that lies `within` one:
 * saying so lets compilers load it once, and keep it in registers that all lanes share.
 */
const begin = (subgroups: boolean, slices: number, within = false): string => /* wgsl */ `
@compute @workgroup_size(${TILE_QUADS * slices})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) t: u32${
    subgroups ? ',\n  @builtin(subgroup_invocation_id) invocation: u32, @builtin(subgroup_size) subgroup: u32' : ''
  }) {
  let tile = groupIndex(id, count);
  if (tile >= pass_.tiles) { return; }
  let lane = t % ${TILE_QUADS}u;
  let slice = ${within && slices > 1 ? `subgroupBroadcastFirst(t / ${TILE_QUADS}u)` : `t / ${TILE_QUADS}u`};
  let from_ = ${slices === 1 ? '0u' : `slice * ${sliceSize(slices)}`};
  let to_ = ${slices === 1 ? 'K' : `min(K, from_ + ${sliceSize(slices)})`};
  let stride = pass_.tiles * ${TILE_QUADS}u;
  let quad = tile * ${TILE_QUADS}u + lane;
  let weight = v[pass_.firstTile * ${TILE_QUADS}u + quad];`;

/** Components of a slice: a multiple of those that are taken at once. */
const sliceSize = (slices: number): string =>
  `((K + ${slices * COMPONENT_STEP - 1}u) / ${slices * COMPONENT_STEP}u * ${COMPONENT_STEP}u)`;

const kindOf = ({ matrix, radial }: ModelLayout): string =>
  `${radial ? `${radial} ` : ''}${matrix ? 'matrix' : 'diagonal'}`;

/** Lines of the plan's buffer of a Student-t term (layout.ts), beside those of the plan. */
const LOGARITHMS = 'plan[(k + K) * stride + quad]';
const WEIGHTS = 'plan[(k + 2u * K) * stride + quad]';

/** P (log u − u + 1) and P u of component k, where the plan has P as `p`, and u was kept in the place of P u. */
const WEIGH = /* wgsl */ `
    let u = ${WEIGHTS};
    ${LOGARITHMS} = p * ${studentLogarithm('u')};
    ${WEIGHTS} = p * u;`;

/**
 * The logits of a slice of a row's components into the plan, their maximum in `largest`; of a Student-t term u besides,
 * where it is to be kept.
 */
const logits = (layout: ModelLayout, linear: boolean, keep: boolean): string => /* wgsl */ `
  let row = (${layout.firstTile} + tile) * ${layout.columns * TILE_QUADS}u + lane;
  ${loadRow(layout, 'row')}
  var largest = vec4f(-3e38);
  ${eachLogit(layout, 'row', ['from_', 'to_'], (k, logit, u) => `plan[${k} * stride + quad] = ${logit};\nlargest = max(largest, ${logit});${keep ? `\nplan[(${k} + 2u * K) * stride + quad] = ${u};` : ''}`, linear ? (k) => `plan[${k} * stride + quad]` : undefined)}`;

/** Combines what every slice of a row has found: `combine` of two texts. */
const acrossSlices = (name: string, slices: number, combine: (a: string, b: string) => string): string =>
  slices === 1
    ? ''
    : /* wgsl */ `
  found[t] = ${name};
  workgroupBarrier();
  ${name} = ${Array.from({ length: slices }, (_, slice) => `found[${slice * TILE_QUADS}u + lane]`).reduce(combine)};
  workgroupBarrier();`;

/** Leaves exp (logit − largest) in the plan. */
const softmin = (slices: number): string => /* wgsl */ `
  ${acrossSlices('largest', slices, (a, b) => `max(${a}, ${b})`)}
  var sum = vec4f(0.0);
  for (var k = from_; k < to_; k++) {
    let e = expOf(plan[k * stride + quad] - largest);
    plan[k * stride + quad] = e;
    sum += e;
  }
  ${acrossSlices('sum', slices, (a, b) => `${a} + ${b}`)}
  let logSum = largest + logOf(sum);`;

/** All of a row's weight to the first component that has the largest logit. */
const assign = (slices: number, radial: boolean): string => /* wgsl */ `
  let own = largest;
  ${acrossSlices('largest', slices, (a, b) => `max(${a}, ${b})`)}
  var first = select(vec4f(${slices}.0), vec4f(f32(slice)), own == largest);
  ${acrossSlices('first', slices, (a, b) => `min(${a}, ${b})`)}
  var left = first == vec4f(f32(slice));
  for (var k = from_; k < to_; k++) {
    let here = left & (plan[k * stride + quad] == largest);
    left = left & !here;
    ${radial ? `let p = select(vec4f(0.0), weight, here);\n    plan[k * stride + quad] = p;${WEIGH}` : 'plan[k * stride + quad] = select(vec4f(0.0), weight, here);'}
  }
  let logSum = largest;`;

/** The plan v · r of a pass, and for every tile Σ v (log Σ exp logit − centre). */
export function planProgram({ layout, k, hard, subgroups, within, linear }: PlanOptions): ProgramCode {
  const objective = '@group(0) @binding(5) var<storage, read_write> objective: array<f32>; // [all tiles]';
  const slices = slicesFor(k);
  const radial = layout.radial !== undefined;
  const share = 'plan[k * stride + quad] * share';
  const plan = hard
    ? assign(slices, radial)
    : `${softmin(slices)}
  let share = weight / sum;
  for (var k = from_; k < to_; k++) { ${radial ? `let p = ${share};\n    plan[k * stride + quad] = p;${WEIGH}` : `plan[k * stride + quad] = ${share};`} }`;
  return {
    label: `plan ${kindOf(layout)} d=${layout.d} k=${k}${hard ? ' hard' : ''}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write', 'write'],
    code: /* wgsl */ `${subgroups ? 'enable subgroups;' : ''}
${bindings(layout, k, objective)}
${EXP}
${LOG}${radial ? STUDENT : ''}
${slices === 1 ? '' : `var<workgroup> found: array<vec4f, ${TILE_QUADS * slices}>;`}
${workgroupSum(TILE_QUADS * slices, subgroups)}
${begin(subgroups, slices, subgroups && within)}
  ${logits(layout, linear, radial)}
  ${plan}
  let part = select(0.0, dot(weight, logSum - model[0].y), slice == 0u);
  let sumOfTile = workgroupSum(part, t, ${subgroups ? 'invocation, subgroup' : '0u, 1u'});
  if (t == 0u) { objective[pass_.firstTileOfAll + tile] = sumOfTile; }
}`,
  };
}

/**
 * What a mixture says of each row of a pass: labels (the likeliest component, the first of equals), log Σ exp logit and
 * log max r. The plan's buffer gets responsibilities.
 */
export function rowsProgram({ layout, k, linear }: Pick<PlanOptions, 'layout' | 'k' | 'linear'>): ProgramCode {
  const outputs = /* wgsl */ `
@group(0) @binding(5) var<storage, read_write> labels: array<vec4i>;     // [tiles of the pass, 64]
@group(0) @binding(6) var<storage, read_write> logSums: array<vec4f>;    // likewise
@group(0) @binding(7) var<storage, read_write> logLargest: array<vec4f>; // likewise`;
  return {
    label: `rows ${kindOf(layout)} d=${layout.d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write', 'write', 'write', 'write'],
    code: /* wgsl */ `
${bindings(layout, k, outputs)}
${EXP}
${LOG}${layout.radial ? STUDENT : ''}
${begin(false, 1)}
  ${logits(layout, linear, false)}
  var label = vec4i(0);
  var left = weight == weight; // all of them
  for (var k = 0u; k < K; k++) {
    let here = left & (plan[k * stride + quad] == largest);
    left = left & !here;
    label = select(label, vec4i(i32(k)), here);
  }
  ${softmin(1)}
  for (var k = 0u; k < K; k++) { plan[k * stride + quad] /= sum; }
  labels[quad] = label;
  logSums[quad] = logSum;
  logLargest[quad] = largest - logSum;
}`,
  };
}
