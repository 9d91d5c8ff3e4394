/** What a mixture says of rows that workers read. */
import { openRemote } from '#cluster';
import type { RemoteData } from '../cluster/remote.js';
import { requireNoWeights } from '../cluster/options.js';
import { toSource, type DataInput } from '../data/input.js';
import { nothingLeft } from '../data/reading.js';
import { total } from '../base/numbers.js';
import { addedSums, criteriaOfSums, type Criteria, type CriteriaSums } from './criteria.js';
import { requireColumns, type EvaluatedRows, type EvaluateOptions, type Evaluation, type Found } from './evaluate.js';
import type { ModelFile } from './model-json.js';

/** Rows that a worker reads at once for what is said of each: fewer than for sums, since that is sent. */
const ROWS = 2 ** 18;

type Options = EvaluateOptions & { readonly responsibilities?: boolean };

/** As `evaluate`, of a source of files. */
export function remoteEvaluation(model: ModelFile, data: DataInput, options: Options): Evaluation {
  const found: Found = { expected: undefined, n: 0, totalWeight: 0 };
  return { found, rows: remoteRows(model, data, options, found) };
}

async function* remoteRows(
  model: ModelFile,
  data: DataInput,
  options: Options,
  found: Found,
): AsyncGenerator<EvaluatedRows> {
  const remote = await opened(model, data, options);
  found.expected = remote.source.rows;
  let [kept, before] = [0, 0];
  try {
    for await (const item of remote.streamed('evaluate', evaluating(model, options), options.signal)) {
      const part = item as { readonly block: EvaluatedRows } | { readonly rows: number };
      if ('rows' in part) {
        found.n = before += part.rows;
        continue;
      }
      const { block } = part;
      const index = block.index.map((row) => before + row);
      found.totalWeight += total(block.weights);
      found.n = index[index.length - 1] + 1;
      yield { ...block, start: kept, index };
      kept += block.rows;
    }
  } finally {
    await remote.close();
  }
  if (found.totalWeight === 0) throw nothingLeft(remote.source, found.n - kept);
}

/** As `criteriaOf`, of a source of files. */
export async function remoteCriteria(
  model: ModelFile,
  data: DataInput,
  options: EvaluateOptions,
  parameters: number,
): Promise<Criteria> {
  const remote = await opened(model, data, options);
  try {
    const parts = (await remote.each('criteria', evaluating(model, options), options.signal)) as CriteriaSums[];
    const sums = addedSums(parts);
    if (sums.weight === 0) throw nothingLeft(remote.source, 0);
    return criteriaOfSums(sums, parameters);
  } finally {
    await remote.close();
  }
}

async function opened(model: ModelFile, data: DataInput, options: Options): Promise<RemoteData> {
  const { cluster = {}, backend = 'auto', threads, sampleWeights, signal } = options;
  requireNoWeights(sampleWeights);
  const source = toSource(data);
  requireColumns(source, model.columns.length);
  return openRemote(source, { unitRows: ROWS, ...cluster }, { backend, threads, signal });
}

/** What workers keep of it. */
function evaluating(
  model: ModelFile,
  { backend = 'auto', threads, missing = 'error', responsibilities = false }: Options,
) {
  return { model, device: { backend, threads }, missing, responsibilities };
}
