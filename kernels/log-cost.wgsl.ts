import type { TensorInfo } from '@tensorflow/tfjs';
import type { LogCostAttributes, LogCostInputs } from './costs.js';
import { runProgram, type WebGPUBackend } from './engine.js';
import { isMatrix } from './form.js';
import { groupIndex } from './program.wgsl.js';

/** Lanes of a workgroup: rows times slots, each slot with components of its own. */
const LANES = 64;
/** Floats of workgroup memory that a tile of rows may take: 16 KiB, which every device has. */
const TILE_FLOATS = 4096;
/** Components of a slot at the most: a row in workgroup memory serves as many as there are in all slots. */
const MOST_COMPONENTS = 16;
/** Columns of z that are summed side by side. */
const COLUMNS = 4;

/** What is baked into the shader. */
interface Layout extends LogCostAttributes {
  readonly d: number;
  /** Rows of a tile: as many as fit, a power of two that divides the lanes. */
  readonly rows: number;
  /** Whether rows are copied into workgroup memory; else one is too long for it. */
  readonly staged: boolean;
}

/**
 * The fused form of the log-cost kernel. A workgroup reads a tile of rows into its memory once. Each lane computes the
 * costs of one of these rows and a slot's components.
 */
export function logCostProgram(
  { x, means, whitening, constants }: LogCostInputs,
  attributes: LogCostAttributes,
  backend: WebGPUBackend,
): TensorInfo[] {
  const [, n, d] = x.shape;
  const k = means.shape[1];
  const b = Math.max(x.shape[0], means.shape[0], whitening.shape[0], constants.shape[0]);
  const layout = layoutOf(attributes, d);
  const { form, triangle, rows } = layout;
  const slots = LANES / rows;
  const components = Math.min(MOST_COMPONENTS, Math.ceil(k / slots));
  const output = runProgram(backend, {
    key: `OtmixLogCost_${form}_${triangle}_${d}`,
    code: source(layout),
    inputs: { x, means, whitening, constants },
    outputShape: [b, n, k],
    workgroups: b * Math.ceil(n / rows) * Math.ceil(k / (slots * components)),
    lanes: LANES,
  });
  return [output];
}

function layoutOf({ form, triangle }: LogCostAttributes, d: number): Layout {
  let rows = LANES;
  while (rows > 1 && rows * stride(d) > TILE_FLOATS) rows /= 2;
  return { form, triangle, d, rows, staged: rows * stride(d) <= TILE_FLOATS };
}

/** Floats from row to row in workgroup memory: odd, so that lanes reading down a column meet different banks. */
function stride(d: number): number {
  return d | 1;
}

function source(layout: Layout): string {
  const { d, rows, staged } = layout;
  return `
    // x [B, n, d], means [B, k, d], whitening (by covariance type), constants [B, k] -> result [B, n, k]
    const D = ${d}u;
    const ROWS = ${rows}u;
    const SLOTS = ${LANES / rows}u;
    const STRIDE = ${stride(d)}u;
    ${staged ? 'var<workgroup> tile : array<f32, ROWS * STRIDE>;' : ''}
    ${groupIndex}

    fn value(row : u32, column : u32) -> f32 {
      return ${staged ? 'tile[row + column]' : 'x[row + column]'};
    }
    ${halfDistance(layout)}

    fn main(index : i32) {
      let n = u32(uniforms.outShape.y);
      let k = u32(uniforms.outShape.z);
      let components = min(${MOST_COMPONENTS}u, (k + SLOTS - 1u) / SLOTS);
      let rowTiles = (n + ROWS - 1u) / ROWS;
      let componentTiles = (k + SLOTS * components - 1u) / (SLOTS * components);
      let group = groupIndex();
      let componentTile = group % componentTiles;
      let first = group / componentTiles % rowTiles * ROWS;
      let batch = group / componentTiles / rowTiles;
      // Batches share what has only one; so do, harmlessly, the surplus groups of a dispatch in two dimensions.
      let start = (min(batch, u32(uniforms.xShape.x) - 1u) * n + first) * D;
      ${staged ? stage : ''}
      let lane = localIndex % ROWS;
      let row = ${staged ? 'lane * STRIDE' : 'start + lane * D'};
      if (batch >= u32(uniforms.outShape.x) || first + lane >= n) { return; }
      let meansOf = min(batch, u32(uniforms.meansShape.x) - 1u) * k;
      let whiteningOf = min(batch, u32(uniforms.whiteningShape.x) - 1u) * u32(uniforms.whiteningShape.y);
      let constantsOf = min(batch, u32(uniforms.constantsShape.x) - 1u) * k;
      let own = (componentTile * SLOTS + localIndex / ROWS) * components;
      for (var c = own; c < min(own + components, k); c++) {
        let cost = halfDistance(row, (meansOf + c) * D, ${factorOf(layout)});
        result[(batch * n + first + lane) * k + c] = cost + constants[constantsOf + c];
      }
    }
  `;
}

/** Consecutive lanes read consecutive numbers. */
const stage = `
      let count = min(ROWS, n - first) * D;
      for (var at = localIndex; at < count; at += ${LANES}u) {
        tile[at / D * STRIDE + at % D] = x[start + at];
      }
      workgroupBarrier();`;

/** Where the whitening factor of component c begins. */
function factorOf({ form }: Layout): string {
  switch (form) {
    case 'full':
      return '(whiteningOf + c) * D * D';
    case 'tied':
      return 'whiteningOf * D * D';
    case 'diag':
      return '(whiteningOf + c) * D';
    case 'spherical':
      return 'whiteningOf + c';
    default:
      return form satisfies never;
  }
}

function halfDistance(layout: Layout): string {
  const { form, d } = layout;
  const whole = d - (d % COLUMNS);
  const body = isMatrix(form)
    ? `
      for (var j = 0u; j < ${whole}u; j += ${COLUMNS}u) {
        var z = vec4<f32>(0.0);
        for (var m = ${rowsOf(layout, COLUMNS)}; m++) {
          let at = factor + m * D + j;
          z += (value(row, m) - means[mean + m])
            * vec4<f32>(whitening[at], whitening[at + 1u], whitening[at + 2u], whitening[at + 3u]);
        }
        sum += dot(z, z);
      }
      for (var j = ${whole}u; j < D; j++) {
        var z = 0.0;
        for (var m = ${rowsOf(layout, 1)}; m++) {
          z += (value(row, m) - means[mean + m]) * whitening[factor + m * D + j];
        }
        sum += z * z;
      }`
    : `
      for (var j = 0u; j < D; j++) {
        let z = (value(row, j) - means[mean + j]) * whitening[factor${form === 'diag' ? ' + j' : ''}];
        sum += z * z;
      }`;
  return `
    // row, mean and factor are where each begins
    fn halfDistance(row : u32, mean : u32, factor : u32) -> f32 {
      var sum = 0.0;
      ${body}
      return 0.5 * sum;
    }`;
}

/** The entries m of columns j to j + width − 1 of W that are not all 0. */
function rowsOf({ triangle }: Layout, width: number): string {
  return triangle === 'upper' ? `0u; m < j + ${width}u` : 'j; m < D';
}
