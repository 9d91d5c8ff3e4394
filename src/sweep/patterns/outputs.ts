import type { MarginalModel, PatternRows } from '../../../kernels/simd/marginal-model.js';
import type { Float64Outputs } from '../../../kernels/simd/outputs.js';
import type { TaskForce } from '../../threads/pool.js';
import { sharedIntegers } from '../../threads/shared.js';
import { withoutCommonPart } from '../exact/host.js';
import { exactOutputs } from '../exact/shard.js';
import { float64Outputs } from '../float64-outputs.js';
import type { Floats, PlanModel } from '../model.js';
import type { RowOutputs } from '../shard.js';
import { rowsAt, type SortedRows } from './rows.js';
import { partsOf } from './sums.js';

/** Rows whose outputs are handed over at once, and numbers of these rows or of their responsibilities at the most. */
const OUTPUT_ROWS = 2 ** 16;
const OUTPUT_NUMBERS = 2 ** 22;

/** What rows are told by. */
export interface Telling {
  readonly model: PlanModel<Floats>;
  /** The same as the kernel takes it; undefined where its range is not wide enough. */
  readonly swept: MarginalModel | undefined;
  /** Responsibilities of a row that are wanted: k or none. */
  readonly k: number;
  readonly force: TaskForce;
  readonly signal: AbortSignal | undefined;
}

/** What a model says of the rows of a segment, in their order; `start` is counted from its first. */
export async function* segmentOutputs(segment: SortedRows, telling: Telling): AsyncGenerator<RowOutputs> {
  const { model, k } = telling;
  const { columns: d, base } = segment;
  const step = Math.max(1, Math.min(OUTPUT_ROWS, Math.floor(OUTPUT_NUMBERS / Math.max(d, k))));
  for (let start = 0; start < segment.places.length; start += step) {
    const own = segment.places.subarray(start, start + step);
    const order = Int32Array.from(own.keys()).sort((a, b) => own[a] - own[b]);
    const places = order.map((row) => own[row]);
    const rows = rowsAt(segment, places);
    const into = await outputsOf(rows, telling);
    const temperature = model.epsilon || 1;
    if (base) for (const [row, place] of places.entries()) into.logSum[row] += base[place] / temperature;
    yield inOrder(into, order, { start, weights: rows.weights, k });
  }
}

async function outputsOf(on: PatternRows, { model, swept, k, force, signal }: Telling): Promise<Float64Outputs> {
  const rows = on.weights.length;
  const into = float64Outputs(rows, k);
  if (!swept) {
    setExactly(model, on, into);
    return into;
  }
  const task = { on, model: swept, parts: partsOf(rows), into, control: sharedIntegers(2) };
  await force.run({ kind: 'marginal rows', ...task }, signal);
  return into;
}

/** Outputs by plain TypeScript, of what the kernel does not have. */
function setExactly(model: PlanModel<Floats>, { values, weights, columns }: PatternRows, into: Float64Outputs): void {
  const wanted = into.responsibilities.length > 0;
  const found = exactOutputs(withoutCommonPart(model), { start: 0, values, weights }, columns, wanted);
  into.labels.set(found.labels);
  into.logSum.set(found.logDensity);
  into.logLargest.set(found.logLargest);
  into.responsibilities.set(found.responsibilities);
}

/** Outputs of rows of which `order` says where they were. */
function inOrder(
  from: Float64Outputs,
  order: Int32Array,
  { start, weights, k }: { readonly start: number; readonly weights: Float64Array; readonly k: number },
): RowOutputs {
  const rows = order.length;
  const outputs = {
    ...{ start, rows, labels: new Int32Array(rows), responsibilities: new Float32Array(rows * k) },
    ...{ logDensity: new Float64Array(rows), logLargest: new Float64Array(rows), weights: new Float64Array(rows) },
  };
  for (const [at, row] of order.entries()) {
    outputs.labels[row] = from.labels[at];
    outputs.logDensity[row] = from.logSum[at];
    outputs.logLargest[row] = from.logLargest[at];
    outputs.weights[row] = weights[at];
    outputs.responsibilities.set(from.responsibilities.subarray(at * k, (at + 1) * k), row * k);
  }
  return outputs;
}
