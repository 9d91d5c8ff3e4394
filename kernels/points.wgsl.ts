import type { TensorInfo } from '@tensorflow/tfjs';
import type { PointAttributes, PointAveragesInputs, PointInputs } from './costs.js';
import { runProgram, type WebGPUBackend } from './engine.js';
import { declarations, LANES, overPoints, pairLayout, place, ROWS, type PairLayout } from './point-pairs.wgsl.js';

/** The fused form of the softmin of points: an online softmin over tiles of y, with a running least. */
export function pointSoftminProgram(
  { x, y, offsets }: PointInputs,
  { epsilon, metric }: PointAttributes,
  backend: WebGPUBackend,
): TensorInfo {
  const [b, n, d] = x.shape;
  return runProgram(backend, {
    key: `OtmixPointSoftmin_${metric}_${d}`,
    code: softminSource(pairLayout(metric, d)),
    inputs: { x, y, offsets },
    outputShape: [b, n],
    workgroups: b * Math.ceil(n / ROWS),
    lanes: LANES,
    uniforms: { epsilon },
  });
}

/** The fused form of the averages: four columns of the values to a workgroup, which computes its costs anew. */
export function pointAveragesProgram(
  { x, y, offsets, softmins, values }: PointAveragesInputs,
  { epsilon, metric }: PointAttributes,
  backend: WebGPUBackend,
): TensorInfo {
  const [b, n, d] = x.shape;
  const p = values.shape[2];
  return runProgram(backend, {
    key: `OtmixPointAverages_${metric}_${d}`,
    code: averagesSource(pairLayout(metric, d)),
    inputs: { x, y, offsets, softmins, values },
    outputShape: [b, n, p + 1],
    workgroups: b * Math.ceil(n / ROWS) * Math.ceil(p / 4),
    lanes: LANES,
    uniforms: { epsilon },
  });
}

function softminSource(layout: PairLayout): string {
  return `
    // x [B, n, d], y [B, m, d], offsets [B, m] -> result [B, n]
    ${declarations(layout)}
    var<workgroup> leasts : array<f32, ${LANES}>;
    var<workgroup> sums : array<f32, ${LANES}>;

    fn main(index : i32) {
      let group = groupIndex();
      ${place}
      var least = FAR;
      var sum = 0.0;
      ${overPoints(
        layout,
        '',
        `
          let lowest = min(min(gaps.x, gaps.y), min(gaps.z, gaps.w));
          if (lowest < least) {
            let factor = term(vec4<f32>(lowest - least)).x;
            sum *= factor;
            part *= factor;
            least = lowest;
          }
          part += dot(term(least - gaps), vec4<f32>(1.0));`,
        'var part = 0.0;',
        'sum += part;',
      )}
      leasts[localIndex] = least;
      sums[localIndex] = sum;
      workgroupBarrier();
      if (slot > 0u || !inside) { return; }
      for (var s = 1u; s < SLOTS; s++) { least = min(least, leasts[s * ROWS + lane]); }
      sum = 0.0;
      for (var s = 0u; s < SLOTS; s++) {
        sum += sums[s * ROWS + lane] * term(vec4<f32>(least - leasts[s * ROWS + lane])).x;
      }
      var value = least - uniforms.epsilon * log(sum);
      if (least >= FAR) { value = uniforms.INFINITY; }
      result[batch * n + row] = value;
    }
  `;
}

function averagesSource(layout: PairLayout): string {
  return `
    // x [B, n, d], y [B, m, d], offsets [B, m], softmins [B, n], values [B, m, p] -> result [B, n, p + 1]
    ${declarations(layout)}
    var<workgroup> valueTile : array<vec4<f32>, POINTS>;
    var<workgroup> valueSums : array<vec4<f32>, ${LANES}>;
    var<workgroup> sums : array<vec2<f32>, ${LANES}>;

    fn main(index : i32) {
      let p = u32(uniforms.valuesShape.z);
      let columns = (p + 3u) / 4u;
      let first_column = groupIndex() % columns * 4u;
      let group = groupIndex() / columns;
      ${place}
      let softmin = softmins[batch * n + row];
      var valueSum = vec4<f32>(0.0);
      var sum = vec2<f32>(0.0); // of weights, and of costs
      ${overPoints(
        layout,
        loadValues,
        `
          let shares = select(term(softmin - gaps), vec4<f32>(0.0), gaps >= vec4<f32>(FAR));
          part += vec2<f32>(dot(shares, vec4<f32>(1.0)), dot(shares, costs));
          valuePart += shares.x * valueTile[own] + shares.y * valueTile[own + 1u]
            + shares.z * valueTile[own + 2u] + shares.w * valueTile[own + 3u];`,
        `var part = vec2<f32>(0.0);
        var valuePart = vec4<f32>(0.0);`,
        `sum += part;
        valueSum += valuePart;`,
      )}
      valueSums[localIndex] = valueSum;
      sums[localIndex] = sum;
      workgroupBarrier();
      if (slot > 0u || !inside) { return; }
      for (var s = 1u; s < SLOTS; s++) {
        valueSum += valueSums[s * ROWS + lane];
        sum += sums[s * ROWS + lane];
      }
      let scale = select(1.0 / sum.x, 0.0, sum.x == 0.0);
      let to = (batch * n + row) * (p + 1u);
      for (var c = 0u; c < min(4u, p - first_column); c++) {
        result[to + first_column + c] = valueSum[c] * scale;
      }
      if (first_column == 0u) { result[to + p] = sum.y * scale; }
    }
  `;
}

/** Four columns of the values of a tile's points, into workgroup memory; 0 beyond the last. */
const loadValues = `
        for (var at = localIndex; at < POINTS; at += ${LANES}u) {
          var v = vec4<f32>(0.0);
          if (first + at < m) {
            for (var c = 0u; c < min(4u, p - first_column); c++) {
              v[c] = values[(batch * m + first + at) * p + first_column + c];
            }
          }
          valueTile[at] = v;
        }`;
