/** Gaussian, log-normal and Student-t components as ONNX: squared distances of rows whose differences are taken first. */
import { logRising } from '../../base/special/gamma.js';
import { precisionFactor } from '../../families/dense.js';
import type { OnnxGraph, Value } from './onnx-graph.js';
import { logOnePlus, sumOver, where } from './onnx-special.js';
import type { Terms } from './onnx-terms.js';

type Matrix = readonly (readonly number[])[];

/** −½ ‖(x − μ_k) W_k‖² + log |det W_k| − d/2 log 2π. */
export const gaussianTerms: Terms = (graph, x, { columns, means, covariances }) => {
  const { squares, logDeterminants } = distances(graph, x, means as Matrix, covariances as unknown as Matrix[]);
  return halved(graph, squares, logDeterminants, columns.length);
};

/** Those of log x, less Σ_j log x_j. */
export const logNormalTerms: Terms = (graph, x, { columns, meanLogs, varianceLogs }) => {
  const logs = graph.op('Log', [where(graph, graph.op('Greater', [x, graph.scalar(0)]), x)]);
  const variances = (varianceLogs as Matrix).map((own) =>
    own.map((variance, j) => own.map((_, i) => (i === j ? variance : 0))),
  );
  const { squares, logDeterminants } = distances(graph, logs, meanLogs as Matrix, variances);
  const normal = halved(graph, squares, logDeterminants, columns.length);
  return graph.op('Sub', [normal, sumOver(graph, logs, 1, true)]);
};

/** log Γ((ν_k + d)/2) − log Γ(ν_k/2) − d/2 log πν_k + log |det W_k| − (ν_k + d)/2 log(1 + q_k/ν_k). */
export const studentTerms: Terms = (graph, x, { columns, means, scales, degrees }) => {
  const { squares, logDeterminants } = distances(graph, x, means as Matrix, scales as unknown as Matrix[]);
  const half = columns.length / 2;
  const nu = degrees as readonly number[];
  const row = (values: readonly number[]): Value => graph.constant(values, [1, values.length]);
  const logs = logOnePlus(graph, graph.op('Mul', [squares, row(nu.map((one) => 1 / one))]));
  const constants = nu.map((one, c) => logDeterminants[c] + logRising(one / 2, half) - half * Math.log(Math.PI * one));
  return graph.op('Sub', [row(constants), graph.op('Mul', [logs, row(nu.map((one) => one / 2 + half))])]);
};

function halved(graph: OnnxGraph, squares: Value, logDeterminants: readonly number[], d: number): Value {
  const constants = logDeterminants.map((log) => log - (d / 2) * Math.log(2 * Math.PI));
  const row = graph.constant(constants, [1, constants.length]);
  return graph.op('Sub', [row, graph.op('Mul', [squares, graph.scalar(0.5)])]);
}

/** ‖(x − μ_k) W_k‖², `[n, k]`, of rows `[n, d]`, with Σ_k⁻¹ = W_k W_kᵀ; and log |det W_k|. */
function distances(
  graph: OnnxGraph,
  x: Value,
  means: Matrix,
  matrices: readonly Matrix[],
): { readonly squares: Value; readonly logDeterminants: readonly number[] } {
  const d = means[0].length;
  const differences = differencesFrom(graph, graph.op('Unsqueeze', [x, graph.integers([0])]), means);
  const factors = matrices.map((one) => precisionFactor(Float64Array.from(one.flat()), d));
  const diagonals = factors.map((w) => Array.from({ length: d }, (_, j) => w[j * (d + 1)]));
  const shared = matrices.every((one) => same(one, matrices[0]));
  const whitening = (shared ? [0] : Array.from(factors.keys())).map((c) => ({ w: factors[c], diagonal: diagonals[c] }));
  const z = matrices.every(isDiagonal)
    ? graph.op('Mul', [
        differences,
        graph.constant(
          whitening.flatMap(({ diagonal }) => diagonal),
          [whitening.length, 1, d],
        ),
      ])
    : graph.op('MatMul', [
        differences,
        graph.constant(
          whitening.flatMap(({ w }) => Array.from(w)),
          [whitening.length, d, d],
        ),
      ]);
  const squares = graph.op('Transpose', [sumOver(graph, graph.op('Mul', [z, z]), 2)], { perm: [1, 0] });
  return {
    squares,
    logDeterminants: diagonals.map((own) => own.reduce((sum, value) => sum + Math.log(value), 0)),
  };
}

/** x − μ_k, `[k, n, d]`. A mean that float32 cannot hold goes in two parts, so that differences lose nothing. */
function differencesFrom(graph: OnnxGraph, x: Value, means: Matrix): Value {
  const shape = [means.length, 1, means[0].length];
  const high = means.flat();
  const first = graph.op('Sub', [x, graph.constant(high, shape)]);
  if (graph.precision === 'float64') return first;
  const low = high.map((mean) => mean - Math.fround(mean));
  return graph.op('Sub', [first, graph.constant(low, shape)]);
}

const isDiagonal = (matrix: Matrix): boolean =>
  matrix.every((row, i) => row.every((value, j) => i === j || value === 0));

const same = (one: Matrix, other: Matrix): boolean =>
  one.every((row, i) => row.every((value, j) => value === other[i][j]));
