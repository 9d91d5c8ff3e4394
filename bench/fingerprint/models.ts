/** Runs of what is made of fits: selection, progress, model files, evaluation, samples, and data from files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  fitMixture,
  gaussian,
  loadMixture,
  RowSample,
  sampledIndices,
  selectMixture,
  type EvaluatedRows,
  type Fit,
  type Progress,
} from '../../src/index.js';
import { openSource } from '../../src/sources.js';
import { clouds, firstRows } from './data.js';
import { Trace } from './encode.js';
import { observed, ofFit, ofMixture, ofRows, type Where } from './observe.js';

const data = clouds({ n: 641, d: 2, k: 3, seed: 4 });
const rest = { maxIterations: 10, seed: 2 } as const;
const fitted = (where: Where): Promise<Fit> => fitMixture(data, { components: 3, ...rest, ...where });

export async function selected(where: Where): Promise<object> {
  const covariances = ['full', 'tied', 'diag', 'spherical'] as const;
  const { candidates, best, criterion, status, failures } = await selectMixture(data, {
    acceleration: 'none',
    components: [2, 3],
    covariances,
    criterion: 'bic',
    ...rest,
    maxIterations: 3,
    ...where,
  });
  const entries = candidates.map(({ k, covariance, fit }) => {
    const { iterations, sweeps, objective, criteria, judged } = fit;
    return { k, covariance, iterations, sweeps, last: objective.at(-1), criteria, judged };
  });
  const { k, covariance, fit } = best;
  return { criterion, status, failures: failures.length, entries, best: { k, covariance, ...ofFit(fit) } };
}

export async function watched(where: Where): Promise<object> {
  const seen: Progress[] = [];
  const onProgress = (progress: Progress): void => {
    if (progress.phase === 'fit') seen.push(progress);
  };
  const fit = await fitMixture(data, { components: 2, restarts: 2, ...rest, ...where, onProgress });
  const of = (restart: number): Progress[] => seen.filter((progress) => progress.restart === restart);
  const traces = [1, 2].map((restart) => new Trace(of(restart).map(({ objective }) => objective ?? NaN)));
  return { traces, last: of(2).at(-1)?.model?.(), fit: ofFit(fit) };
}

export async function reloaded(where: Where): Promise<object> {
  const { provenance, ...file } = (await fitted(where)).mixture.toJSON();
  const mixture = await loadMixture(JSON.parse(JSON.stringify(file)) as typeof file);
  const { options, rows, criteria, status } = provenance ?? {};
  return {
    file,
    provenance: { seed: options?.seed, components: options?.components, rows, criteria, status },
    mixture: ofMixture(mixture),
    inverses: [mixture.precisions, mixture.precisionsCholesky],
    rows: await ofRows(mixture, data, where),
  };
}

export async function evaluated(where: Where): Promise<object> {
  const { mixture } = await fitted(where);
  const blocks: object[] = [];
  const keep = ({ index, labels, logDensity, responsibilities }: EvaluatedRows): void =>
    void blocks.push({ index, labels, logDensity, responsibilities: responsibilities.slice() });
  const sampleWeights = Float64Array.from(data.labels, (label) => 1 + label);
  await mixture.evaluate(data, keep, where);
  const criteria = await mixture.criteria(data, { ...where, sampleWeights });
  const [score, bic, aic, icl] = [mixture.score, mixture.bic, mixture.aic, mixture.icl].map((read) =>
    read.call(mixture, data, where),
  );
  return { blocks, criteria, score: await score, bic: await bic, aic: await aic, icl: await icl };
}

export async function sampled(where: Where): Promise<object> {
  const { data: rows, labels } = (await fitted(where)).mixture.sample(200, { seed: 5 });
  return { rows, labels };
}

export function drawn(): object {
  const { data: values, shape } = data;
  const weights = Float64Array.from(data.labels, (label) => 1 + label);
  const even = new RowSample(2, { size: 40 });
  const uneven = new RowSample(2, { size: 40, seed: 6 });
  even.see({ rows: shape[0], values }, 0);
  uneven.see({ rows: shape[0], values, weights }, 0);
  return { even: even.taken(), uneven: uneven.taken(), indices: sampledIndices(300, { size: 20, seed: 3 }) };
}

/** A fit of a file that is written, opened and removed again; `parquet` by way of DuckDB. */
export async function ofFile(kind: 'csv' | 'parquet', where: Where): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'fingerprint-'));
  try {
    const csv = join(folder, 'rows.csv');
    const lines = firstRows(data, 641).map(([x, y], i) => `${i % 40 === 3 ? '' : x},${y},${1 + (i % 3)}`);
    await writeFile(csv, `x,y,w\n${lines.join('\n')}\n`);
    const path = kind === 'csv' ? csv : await asParquet(csv, join(folder, 'rows.parquet'));
    const source = await openSource(path, { columns: ['y', 'x'], weight: 'w' });
    const options = { family: gaussian({ covariance: 'diag' }), components: 3, missing: 'drop', ...rest } as const;
    const reading = { ...where, missing: 'drop' } as const;
    return await observed(await fitMixture(source, { ...options, ...where }), source, reading);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function asParquet(csv: string, path: string): Promise<string> {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run('SET threads = 1');
  await connection.run(`COPY (SELECT * FROM read_csv('${csv}')) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  return path;
}
