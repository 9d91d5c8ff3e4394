import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNpy } from './npy.js';

/** The same EM for a peer: n × d data, k components, so many iterations from a start. */
export interface PeerJob {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly covariance: 'full' | 'tied' | 'diag' | 'spherical';
  /** Row-major [n, d], handed over as it is. */
  readonly data: Float32Array | Float64Array;
  /** What the peer computes in. */
  readonly dtype: 'float32' | 'float64';
  readonly iterations: number;
  /** Draws the start where none is given. */
  readonly seed: number;
  /** Weights [k], means [k][d], covariances [k][d][d] whatever the type. */
  readonly start?: PeerStart;
  /** Threads that BLAS and OpenMP may use; all of them unless given. */
  readonly threads?: number;
}

export interface PeerStart {
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

export interface PeerResult {
  /** scikit-learn's version; numpy, scipy and python likewise. */
  readonly version: string;
  readonly numpy: string;
  readonly scipy: string;
  readonly python: string;
  /** Median over the iterations of one E-step and one M-step. */
  readonly seconds_per_iteration: number;
  readonly rows_per_second: number;
  /** Mean log-likelihood after the iterations, nats. */
  readonly objective: number;
  /** What the fitted parameters are stored in. */
  readonly dtype: string;
  readonly threads: number;
  readonly blas: string;
}

/** Why a peer was skipped. */
export interface PeerMissing {
  readonly missing: string;
}

/** This folder, whether run from the sources or from dist. */
const folder = ['./', '../../../bench/peers/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(join(path, 'sklearn_em.py')));

/** The interpreters to try, best first. */
const pythons = (): string[] =>
  process.env['OTMIX_PYTHON']
    ? [process.env['OTMIX_PYTHON']]
    : [join(folder ?? '.', '..', '..', '.cache', 'peers', 'bin', 'python'), 'python3'];

/** The first interpreter that imports scikit-learn, if any. */
async function pythonWithSklearn(): Promise<string | undefined> {
  for (const python of pythons()) {
    const { status } = await execute(python, ['-c', 'import sklearn, threadpoolctl'], '', process.env);
    if (status === 0) return python;
  }
  return undefined;
}

/**
 * Runs scikit-learn's EM on a job, the data passed as a temporary .npy file; `missing` says what to do where it is not
 * installed. Throws when the peer starts and fails.
 */
export async function runSklearn(job: PeerJob): Promise<PeerResult | PeerMissing> {
  const python = await pythonWithSklearn();
  if (!folder) return { missing: 'sklearn_em.py: run the bench inside the repository' };
  if (!python) return { missing: `scikit-learn: not in ${pythons().join(' or ')}; run sh bench/peers/setup.sh` };
  const { data, threads, ...rest } = job;
  const temporary = await mkdtemp(join(tmpdir(), 'otmix-peer-'));
  try {
    const path = join(temporary, 'data.npy');
    await writeNpy(path, data, [job.n, job.d]);
    const input = JSON.stringify({ ...rest, data: path });
    const env = { ...process.env, ...(threads === undefined ? {} : threadLimits(threads)) };
    const { status, output, complaints } = await execute(python, [join(folder, 'sklearn_em.py')], input, env);
    if (status !== 0) {
      const lastWords = complaints.trim().split('\n').at(-1) ?? '';
      throw new Error(`runSklearn: expected exit status 0, got ${status} (${lastWords}); check the job`);
    }
    return JSON.parse(output) as PeerResult | PeerMissing;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const threadLimits = (threads: number): Record<string, string> =>
  Object.fromEntries(
    ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map((name) => [name, `${threads}`]),
  );

interface Executed {
  readonly status: number | null;
  readonly output: string;
  readonly complaints: string;
}

/** Runs a program to its end with a text on standard input; status null where it could not be started or was killed. */
function execute(command: string, args: string[], input: string, env: NodeJS.ProcessEnv): Promise<Executed> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: 'pipe' });
    let [output, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdin.on('error', () => {}); // a child that ended before reading says so by its status
    child.on('error', (error) => resolve({ status: null, output, complaints: error.message }));
    child.on('close', (status) => resolve({ status, output, complaints }));
    child.stdin.end(input);
  });
}
