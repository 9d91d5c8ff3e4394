import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CovarianceForm } from '../../kernels/form.js';
import { execute, type Executed } from './execute.js';
import type { Dtype, Peer, Script } from './list.js';
import { writeNpy } from './npy.js';
import { folder, peerEnvironment, pythons, pythonWith } from './python.js';

/** The same EM for a peer: n × d data, k components, so many iterations from a start. */
export interface PeerJob {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly covariance: CovarianceForm;
  /** Row-major [n, d], handed over as it is. */
  readonly data: Float32Array | Float64Array;
  /** What the peer computes in. */
  readonly dtype: Dtype;
  readonly iterations: number;
  /** Weights [k], means [k][d], covariances [k][d][d] whatever the type. */
  readonly start: PeerStart;
  /** The package's own settings, as an earlier result has them; the fastest of those tried where it is left out. */
  readonly setting?: PeerResult['settings'];
  /** Threads that the peer may use; all of them unless given. */
  readonly threads?: number;
}

export interface PeerStart {
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

export interface PeerResult {
  /** The package's version. */
  readonly version: string;
  /** Median over the iterations of one E-step and one M-step. */
  readonly seconds_per_iteration: number;
  /** The least of them. */
  readonly least_seconds: number;
  readonly rows_per_second: number;
  /** Mean log-likelihood after the iterations, nats. */
  readonly objective: number;
  /** What the fitted parameters are stored in. */
  readonly dtype: string;
  readonly threads: number;
  /** The libraries under it, with versions. */
  readonly about: string;
  /** The package's own settings, the fastest of those tried. */
  readonly settings: Readonly<Record<string, number>>;
  readonly peak_bytes: number;
}

/** A peer that is not installed: what, and what to do. */
export interface PeerMissing {
  readonly missing: string;
}

/** A peer that can't do the job, and why. */
export interface PeerSkipped {
  readonly skipped: string;
}

export type PeerOutcome = PeerResult | PeerMissing | PeerSkipped;

/** What a peer's arrays may take: half of the smallest machine the bench is meant for. */
const memory = 12 * 2 ** 30;

/**
 * Runs a peer's EM on a job, the data passed as a temporary .npy file. What is not installed and what can't be done are
 * outcomes; throws when the peer starts and fails.
 */
export async function runPeer(peer: Peer, job: PeerJob): Promise<PeerOutcome> {
  return onFile(job.data, [job.n, job.d], (data) => runOnFile(peer, { ...job, data }));
}

/** The same of rows that a .npy file has. */
export async function runOnFile(
  peer: Script,
  job: Omit<PeerJob, 'data' | 'covariance' | 'start'> & { readonly data: string },
): Promise<PeerOutcome> {
  if (!folder) return { missing: `${peer.name}: run the bench inside the repository` };
  const python = await pythonWith(peer.modules);
  if (!python) return { missing: `${peer.name}: not in ${pythons().join(' or ')}; run sh bench/peers/setup.sh` };
  const input = JSON.stringify({ ...job, memory });
  return outcome(peer, await execute(python, [join(folder, peer.script)], input, peerEnvironment(job.threads)));
}

/** Does some work with the path of a temporary .npy file of an array. */
export async function onFile<T>(
  data: PeerJob['data'],
  shape: readonly number[],
  work: (path: string) => Promise<T>,
): Promise<T> {
  const temporary = await mkdtemp(join(tmpdir(), 'otmix-peer-'));
  try {
    const path = join(temporary, 'data.npy');
    await writeNpy(path, data, shape);
    return await work(path);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What a peer that has ended says. */
export function outcome({ name }: Script, { status, signal, output, complaints }: Executed): PeerOutcome {
  // Linux ends what asks for more memory than there is.
  if (signal === 'SIGKILL') return { skipped: 'killed, probably out of memory' };
  if (status !== 0) {
    const lastWords = complaints.trim().split('\n').at(-1) ?? '';
    throw new Error(`${name}: expected exit status 0, got ${status ?? signal} (${lastWords}); check the job`);
  }
  // Libraries may print before the result, which is the last line.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as PeerOutcome;
}
