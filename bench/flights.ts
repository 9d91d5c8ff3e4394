import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from './peers/execute.js';
import { folder, peerEnvironment, pythons, pythonWith } from './peers/python.js';
import { digits, table } from './table.js';

/** A fit of the flights by a program of its own, from Parquet to the end of the process. */
export interface FlightsResult {
  readonly name: string;
  /** Of the process, its start and imports included. */
  readonly wall: number;
  /** Seconds of all its threads, likewise: what a busy machine disturbs least. */
  readonly cpu: number;
  /** By phase; reading, seeding and EM, the final score, and what was written. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log-likelihood, nats. */
  readonly objective: number;
  readonly peakBytes: number;
}

export interface FlightsMissing {
  readonly missing: string;
}

const root = join(folder ?? '.', '..', '..');
const path = join(root, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
const query = `SELECT delay, distance, date_part('hour', date) + date_part('minute', date) / 60.0 AS hour FROM '${path}'`;
const settings = { k: 16, covariance: 'full', tolerance: 1e-4, max_iterations: 200, seed: 0 } as const;

export const command = join(root, 'dist', 'node', 'cli', 'main.js');

/**
 * `npm run bench -- flights`: a mixture of three million flights (delay, distance, hour of day), 16 components of full
 * covariance: the command `otmix fit --report` beside scikit-learn's GaussianMixture, each from k-means++ of its own
 * with seed 0, and scikit-learn with as many iterations at the most as otmix took: to the end it takes a long while.
 */
export async function benchFlights(
  regularization: number,
  say: (text: string) => void,
): Promise<(FlightsResult | FlightsMissing)[]> {
  const own = await ours(regularization);
  say('fitted the flights with otmix');
  return [own, await sklearns(regularization, own.iterations)];
}

/** Says on standard error, when the process ends, what it held at most, in KiB, and its processor time, in µs. */
export const meter = `data:text/javascript,${encodeURIComponent(`
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('\\nused ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
});`)}`;

async function ours(regularization: number): Promise<FlightsResult> {
  if (!existsSync(command)) throw new Error(`bench: expected ${command}, got none; run npm run build`);
  const { k, covariance, tolerance, max_iterations, seed } = settings;
  const temporary = await mkdtemp(join(tmpdir(), 'otmix-flights-'));
  try {
    const model = ['fit', query, '-k', `${k}`, '--covariance', covariance, '--seed', `${seed}`];
    const limits = ['--tolerance', `${tolerance}`, '--max-iterations', `${max_iterations}`];
    const rest = ['--regularization', `${regularization}`, '--report', join(temporary, 'report.html'), '--json'];
    const started = performance.now();
    const ended = await execute(process.execPath, ['--import', meter, command, ...model, ...limits, ...rest]);
    const wall = (performance.now() - started) / 1000;
    if (ended.status !== 0) throw new Error(`bench: expected otmix to fit, got ${ended.status}: ${ended.complaints}`);
    return { name: 'otmix', wall, ...ourResult(ended.output, ended.complaints) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Reads what `otmix fit --json` and the meter print. */
export function ourResult(output: string, complaints: string): Omit<FlightsResult, 'name' | 'wall'> {
  const fit = JSON.parse(output) as {
    readonly iterations: number;
    readonly status: string;
    readonly meanLogLikelihood: number;
    readonly seconds: Readonly<Record<string, number>>;
  };
  const [, kibibytes, microseconds] = /^used (\d+) (\d+)$/m.exec(complaints) ?? [];
  return {
    cpu: Number(microseconds) / 1e6,
    seconds: fit.seconds,
    iterations: fit.iterations,
    converged: fit.status === 'converged',
    objective: fit.meanLogLikelihood,
    peakBytes: Number(kibibytes) * 1024,
  };
}

async function sklearns(regularization: number, max_iterations: number): Promise<FlightsResult | FlightsMissing> {
  const python = await pythonWith(['sklearn', 'pyarrow']);
  if (!python || !folder) {
    return { missing: `scikit-learn, pyarrow: not in ${pythons().join(' or ')}; run sh bench/peers/setup.sh` };
  }
  const started = performance.now();
  const ended = await execute(
    python,
    [join(folder, 'flights.py')],
    JSON.stringify({ ...settings, max_iterations, regularization, path }),
    peerEnvironment(),
  );
  const wall = (performance.now() - started) / 1000;
  if (ended.status !== 0)
    throw new Error(`bench: expected flights.py to fit, got ${ended.status}: ${ended.complaints}`);
  const result = JSON.parse(ended.output) as
    | FlightsMissing
    | (Omit<FlightsResult, 'name' | 'wall' | 'peakBytes'> & { readonly version: string; readonly peak_bytes: number });
  if ('missing' in result) return result;
  const { version, peak_bytes: peakBytes, ...rest } = result;
  return { name: `scikit-learn ${version}`, wall, peakBytes, ...rest };
}

export function flightsTable(results: readonly (FlightsResult | FlightsMissing)[]): string {
  const there = results.filter((result) => 'name' in result);
  const rows = there.map(({ name, wall, cpu, seconds, iterations, converged, objective, peakBytes }) => {
    const fit = (seconds['seed'] ?? 0) + (seconds['fit'] ?? NaN);
    return [
      name,
      digits(seconds['load'] ?? NaN),
      digits(fit),
      `${iterations}${converged ? '' : ' (limit)'}`,
      digits(fit / iterations),
      digits(seconds['score'] ?? NaN),
      digits(seconds['report'] ?? NaN),
      digits(wall),
      digits(cpu),
      digits(peakBytes / 2 ** 20),
      objective.toFixed(5),
    ];
  });
  const heads = [
    'flights',
    'load s',
    'seed and fit s',
    'iterations',
    's each',
    'score s',
    'report s',
    'process s',
    'CPU s',
  ];
  const missing = results.flatMap((result) => ('missing' in result ? [`\n\nMissing: ${result.missing}`] : []));
  return table([...heads, 'peak MiB', 'log-lik.'], rows) + missing.join('');
}
