/** From rows to the plan: logits, row softmin, and the objective. One invocation has four rows, one workgroup a tile. */
import { EXP, LOG, workgroupSum } from './arithmetic.wgsl.js';
import { TILE_QUADS, type ModelLayout } from './layout.js';
import { eachLogit, loadRow } from './logits.wgsl.js';
import { GROUP_INDEX, PASS } from './pass.wgsl.js';
import type { ProgramCode } from './program.js';

export interface PlanOptions {
  readonly layout: ModelLayout;
  readonly k: number;
  /** One-hot responsibilities: the limit ε → 0. */
  readonly hard: boolean;
  readonly subgroups: boolean;
}

const bindings = (k: number, outputs: string): string => /* wgsl */ `
${PASS}
@group(0) @binding(0) var<uniform> pass_: Pass;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;          // tiles [tiles, d, 64] of quads of rows
@group(0) @binding(2) var<storage, read> v: array<vec4f>;          // row weights [tiles, 64]
@group(0) @binding(3) var<storage, read> model: array<vec4f>;      // kernels/webgpu/layout.ts
@group(0) @binding(4) var<storage, read_write> plan: array<vec4f>; // [k, tiles of the pass, 64]
${outputs}
const K = ${k}u;
${GROUP_INDEX}`;

const begin = (subgroups: boolean): string => /* wgsl */ `
@compute @workgroup_size(${TILE_QUADS})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) lane: u32${
    subgroups ? ',\n  @builtin(subgroup_invocation_id) invocation: u32, @builtin(subgroup_size) subgroup: u32' : ''
  }) {
  let tile = groupIndex(id, count);
  if (tile >= pass_.tiles) { return; }
  let stride = pass_.tiles * ${TILE_QUADS}u;
  let quad = tile * ${TILE_QUADS}u + lane;
  let weight = v[pass_.firstTile * ${TILE_QUADS}u + quad];`;

/** The row's logits into the plan, their maximum in `largest`. */
const logits = (layout: ModelLayout): string => /* wgsl */ `
  let row = (pass_.firstTile + tile) * ${layout.d * TILE_QUADS}u + lane;
  ${loadRow(layout, 'row')}
  var largest = vec4f(-3e38);
  ${eachLogit(layout, 'row', ['0u', 'K'], (k, logit) => `plan[${k} * stride + quad] = ${logit};\nlargest = max(largest, ${logit});`)}`;

const softmin = /* wgsl */ `
  var sum = vec4f(0.0);
  for (var k = 0u; k < K; k++) { sum += expOf(plan[k * stride + quad] - largest); }
  let logSum = largest + logOf(sum);`;

/** All of a row's weight to the first component that has the largest logit. */
const assign = /* wgsl */ `
  var left = vec4<bool>(true);
  for (var k = 0u; k < K; k++) {
    let here = left & (plan[k * stride + quad] == largest);
    left = left & !here;
    plan[k * stride + quad] = select(vec4f(0.0), weight, here);
  }
  let logSum = largest;`;

/** The plan v · r of a pass, and for every tile Σ v (log Σ exp logit − centre). */
export function planProgram({ layout, k, hard, subgroups }: PlanOptions): ProgramCode {
  const objective = '@group(0) @binding(5) var<storage, read_write> objective: array<f32>; // [all tiles]';
  const plan = hard
    ? assign
    : `${softmin}
  let share = weight / sum;
  for (var k = 0u; k < K; k++) { plan[k * stride + quad] = expOf(plan[k * stride + quad] - largest) * share; }`;
  return {
    label: `plan ${layout.matrix ? 'matrix' : 'diagonal'} d=${layout.d} k=${k}${hard ? ' hard' : ''}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write', 'write'],
    code: /* wgsl */ `${subgroups ? 'enable subgroups;' : ''}
${bindings(k, objective)}
${EXP}
${LOG}
${workgroupSum(TILE_QUADS, subgroups)}
${begin(subgroups)}
  ${logits(layout)}
  ${plan}
  let sumOfTile = workgroupSum(dot(weight, logSum - model[0].y), lane, ${subgroups ? 'invocation, subgroup' : '0u, 1u'});
  if (lane == 0u) { objective[pass_.firstTileOfAll + tile] = sumOfTile; }
}`,
  };
}

/**
 * What a mixture says of each row of a pass: labels (the likeliest component, the first of equals), log Σ exp logit and log max r;
 * the plan's buffer gets responsibilities.
 */
export function rowsProgram({ layout, k }: Pick<PlanOptions, 'layout' | 'k'>): ProgramCode {
  const outputs = /* wgsl */ `
@group(0) @binding(5) var<storage, read_write> labels: array<vec4i>;     // [tiles of the pass, 64]
@group(0) @binding(6) var<storage, read_write> logSums: array<vec4f>;    // likewise
@group(0) @binding(7) var<storage, read_write> logLargest: array<vec4f>; // likewise`;
  return {
    label: `rows ${layout.matrix ? 'matrix' : 'diagonal'} d=${layout.d} k=${k}`,
    bindings: ['uniform', 'read', 'read', 'read', 'write', 'write', 'write', 'write'],
    code: /* wgsl */ `
${bindings(k, outputs)}
${EXP}
${LOG}
${begin(false)}
  ${logits(layout)}
  var label = vec4i(0);
  var left = weight == weight; // all of them
  for (var k = 0u; k < K; k++) {
    let here = left & (plan[k * stride + quad] == largest);
    left = left & !here;
    label = select(label, vec4i(i32(k)), here);
  }
  ${softmin}
  for (var k = 0u; k < K; k++) { plan[k * stride + quad] = expOf(plan[k * stride + quad] - largest) / sum; }
  labels[quad] = label;
  logSums[quad] = logSum;
  logLargest[quad] = largest - logSum;
}`,
  };
}
