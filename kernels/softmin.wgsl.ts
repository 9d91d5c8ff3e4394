import type { TensorInfo } from '@tensorflow/tfjs';
import { ABSENT, FAR, LEAST_EXPONENT, type SoftminAttributes, type SoftminInputs } from './costs.js';
import { runProgram, type WebGPUBackend } from './engine.js';
import { groupIndex } from './program.wgsl.js';

/** Lanes of a workgroup: rows times the lanes that share a row. */
const LANES = 64;

/** The fused form of the softmin kernel. */
export function softminProgram(
  inputs: SoftminInputs,
  attributes: SoftminAttributes,
  backend: WebGPUBackend,
): TensorInfo[] {
  return [run('softmin', inputs, attributes, backend)];
}

/** The fused form of the responsibilities kernel. */
export function responsibilitiesProgram(
  inputs: SoftminInputs,
  attributes: SoftminAttributes,
  backend: WebGPUBackend,
): TensorInfo[] {
  return [run('responsibilities', inputs, attributes, backend)];
}

type Wanted = 'softmin' | 'responsibilities';

function run(
  wanted: Wanted,
  { cost, offsets }: SoftminInputs,
  { epsilon }: SoftminAttributes,
  backend: WebGPUBackend,
): TensorInfo {
  const [b, n, k] = cost.shape;
  let lanesPerRow = 1;
  while (lanesPerRow < Math.min(k, LANES)) lanesPerRow *= 2;
  const hard = epsilon === 0;
  return runProgram(backend, {
    key: `OtmixSoftmin_${wanted}_${hard ? 'hard' : 'soft'}_${lanesPerRow}`,
    code: source(wanted, hard, lanesPerRow),
    inputs: { cost, offsets },
    outputShape: wanted === 'softmin' ? [b, n] : [b, n, k],
    workgroups: Math.ceil((b * n) / (LANES / lanesPerRow)),
    lanes: LANES,
    uniforms: { epsilon },
  });
}

/**
 * Each row is read by lanes side by side: its minimum first, then the sum, then, where they are wanted, its entries.
 */
function source(wanted: Wanted, hard: boolean, lanesPerRow: number): string {
  return `
    // cost [B, n, k], offsets [B or 1, k] -> result [B, n] or [B, n, k]
    const LANES_PER_ROW = ${lanesPerRow}u;
    const ABSENT = ${float(ABSENT)};
    const FAR = ${float(FAR)};
    var<workgroup> parts : array<f32, ${LANES}>;
    ${groupIndex}

    /** C_ik − o_k, FAR where the component is absent; a NaN stays one. */
    fn gap(at : u32, of_component : u32) -> f32 {
      let c = cost[at];
      let o = offsets[of_component];
      if (isnan(c) || isnan(o)) { return uniforms.NAN; }
      if (c >= ABSENT || o <= -ABSENT) { return FAR; }
      return max(c, -ABSENT) - o;
    }

    fn lower(a : f32, b : f32) -> f32 {
      if (isnan(a) || isnan(b)) { return uniforms.NAN; }
      return min(a, b);
    }

    fn plus(a : f32, b : f32) -> f32 { return a + b; }

    fn term(gap : f32, least : f32) -> f32 {
      let epsilon = uniforms.epsilon;
      return exp(max(least - gap, ${float(LEAST_EXPONENT)} * epsilon) / epsilon);
    }
    ${overRow('least_of_row', 'lower', lanesPerRow)}
    ${overRow('sum_of_row', 'plus', lanesPerRow)}

    fn main(index : i32) {
      let n = u32(uniforms.costShape.y);
      let k = u32(uniforms.costShape.z);
      let lane = localIndex % LANES_PER_ROW;
      let row = groupIndex() * ${LANES / lanesPerRow}u + localIndex / LANES_PER_ROW;
      let inside = row < u32(uniforms.costShape.x) * n;
      let end = select(0u, k, inside); // lanes without a row still take part in the reductions
      let start = row * k;
      let components = min(row / n, u32(uniforms.offsetsShape.x) - 1u) * k;

      var least = FAR;
      for (var c = lane; c < end; c += LANES_PER_ROW) {
        least = lower(least, gap(start + c, components + c));
      }
      least = least_of_row(least, lane);
      ${hard ? '' : total}
      ${wanted === 'softmin' ? writeSoftmin(hard) : writeResponsibilities(hard)}
    }
  `;
}

const total = `
      var sum = 0.0;
      for (var c = lane; c < end; c += LANES_PER_ROW) {
        sum += term(gap(start + c, components + c), least);
      }
      sum = sum_of_row(sum, lane);`;

function writeSoftmin(hard: boolean): string {
  return `
      var value = ${hard ? 'least' : 'least - uniforms.epsilon * log(sum)'};
      if (least >= FAR) { value = uniforms.INFINITY; }
      if (isnan(least)) { value = uniforms.NAN; }
      if (inside && lane == 0u) { result[row] = value; }`;
}

function writeResponsibilities(hard: boolean): string {
  const first = `
      var first = f32(k);
      for (var c = lane; c < end; c += LANES_PER_ROW) {
        if (gap(start + c, components + c) == least) { first = min(first, f32(c)); }
      }
      first = least_of_row(first, lane);`;
  const value = hard ? 'select(select(0.0, 1.0, f32(c) == first), 1.0 / f32(k), least >= FAR)' : soft;
  return `
      ${hard ? first : ''}
      for (var c = lane; c < end; c += LANES_PER_ROW) {
        var value = ${value};
        if (isnan(least)) { value = uniforms.NAN; }
        result[start + c] = value;
      }`;
}

const soft = 'term(gap(start + c, components + c), least) / sum';

/** A function that reduces a value of each lane over the lanes of a row, by halves. */
function overRow(name: string, combine: string, lanesPerRow: number): string {
  if (lanesPerRow === 1) return `fn ${name}(value : f32, lane : u32) -> f32 { return value; }`;
  return `
    fn ${name}(value : f32, lane : u32) -> f32 {
      parts[localIndex] = value;
      workgroupBarrier();
      for (var half = LANES_PER_ROW / 2u; half > 0u; half /= 2u) {
        if (lane < half) { parts[localIndex] = ${combine}(parts[localIndex], parts[localIndex + half]); }
        workgroupBarrier();
      }
      let all = parts[localIndex - lane];
      workgroupBarrier(); // before the next reduction writes
      return all;
    }`;
}

/** A WGSL literal. */
function float(value: number): string {
  return `${value.toExponential()}f`;
}
