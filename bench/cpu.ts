import type { CovarianceForm } from '../kernels/form.js';
import { simdDevice } from '../src/backend/wasm.js';
import { checkDevice } from './check.js';
import { timeIterations, type Measured } from './iterations.js';
import type { Machine } from './machine.js';
import { comparePeer, type PeerLine } from './peers/compare.js';
import { otherPeers, scikitLearn } from './peers/list.js';
import { otherPeersTable, peerNotes } from './peers/report.js';
import { nameOf, operations, problemOf, type Problem, type Size } from './problem.js';
import { digits, table } from './table.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
/** The spread at which clouds overlap whatever their columns. */
const OVERLAPPING = 0.3;

const sizes: readonly Size[] = [
  ...allForms(200_000, 16, 16),
  ...allForms(100_000, 64, 32),
  { covariance: 'full', n: 100_000, d: 64, k: 32, spread: OVERLAPPING },
  ...allForms(1_000_000, 2, 8),
  ...allForms(1_000_000, 8, 64),
  ...allForms(50_000, 128, 16),
];
const quickSizes: readonly Size[] = [...allForms(50_000, 16, 16), ...allForms(100_000, 2, 8)];

function allForms(n: number, d: number, k: number): Size[] {
  return forms.map((covariance) => ({ covariance, n, d, k }));
}

/** One line of the bench. Times are seconds per EM iteration. */
export interface CpuResult extends Size {
  readonly one: Measured;
  readonly all: Measured;
  readonly gflops: number;
  /** Share of the peak that one thread reaches. */
  readonly ofPeak: number;
  readonly sklearn64: PeerLine;
  readonly sklearn32: PeerLine;
  /** The packages on PyTorch and JAX, in every type they have. */
  readonly others: readonly PeerLine[];
}

export interface CpuBenchOptions {
  /** Small problems. */
  readonly quick: boolean;
  /** Problems to measure, by parts of their names such as `full` or `200000x16x16`; all of them where it is empty. */
  readonly only: readonly string[];
}

/** `npm run bench -- cpu`: the SIMD kernel on one thread and on all, beside its peers, from the same start. */
export async function benchCpu(
  machine: Machine,
  { quick, only }: CpuBenchOptions,
  say: (text: string) => void,
): Promise<CpuResult[]> {
  await checkDevice(simdDevice({ threads: 1 }));
  await checkDevice(simdDevice({ threads: machine.threads }));
  const results: CpuResult[] = [];
  for (const size of quick ? quickSizes : sizes) {
    const name = `${size.covariance} ${size.n}x${size.d}x${size.k}${size.spread === undefined ? '' : ' overlapping'}`;
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
    results.push(await measure(problemOf(size), machine, quick));
    say(`measured ${name}`);
  }
  return results;
}

async function measure(problem: Problem, machine: Machine, quick: boolean): Promise<CpuResult> {
  const { covariance, n, d, k, spread } = problem;
  const flop = operations(problem);
  // Few where one takes long: the peers have as many to do.
  const iterations = Math.max(4, Math.min(10, Math.round(2e10 / flop)));
  const one = await timeIterations(problem, simdDevice({ threads: 1 }), iterations);
  const all = await timeIterations(problem, simdDevice({ threads: machine.threads }), iterations, true);
  const gflops = flop / one.seconds / 1e9;
  return {
    ...{ covariance, n, d, k, spread, one, all, gflops, ofPeak: gflops / machine.peak },
    sklearn64: await comparePeer(scikitLearn, problem, 'float64', iterations),
    sklearn32: await comparePeer(scikitLearn, problem, 'float32', iterations),
    others: await compareOthers(problem, iterations, quick),
  };
}

/** Each of the other peers, in float32, in which all are fastest; quickly, for full covariances only. */
async function compareOthers(problem: Problem, iterations: number, quick: boolean): Promise<PeerLine[]> {
  const lines: PeerLine[] = [];
  for (const peer of otherPeers) {
    if (!peer.covariances.includes(problem.covariance) || (quick && problem.covariance !== 'full')) continue;
    lines.push(await comparePeer(peer, problem, 'float32', iterations));
  }
  return lines;
}

/** The results as tables, and who was beside. */
export function cpuTable(results: readonly CpuResult[]): string {
  const rows = results.map(({ one, all, gflops, ofPeak, sklearn64, sklearn32, ...size }) => [
    ...nameOf(size),
    digits(one.seconds * 1000),
    digits(all.seconds * 1000),
    digits(one.seconds / all.seconds),
    digits(size.n / all.seconds / 1e6),
    digits(gflops),
    `${digits(ofPeak * 100, 2)} %`,
    digits(all.seeding / all.seconds, 2),
    digits(sklearn64.seconds * 1000),
    `${digits(sklearn64.seconds / all.seconds)} ×`,
    `${digits(sklearn32.seconds / all.seconds)} ×`,
    all.objective.toFixed(5),
    sklearn64.objective.toFixed(5),
  ]);
  const heads = [
    'covariance',
    'n × d, k',
    'ms, 1 thread',
    'ms, all',
    'gain',
    'Mrows/s',
    'GFLOP/s, 1 thread',
    'of peak',
    'seeding, sweeps',
    'sklearn ms',
    'ratio',
    'to float32',
    'log-lik.',
    'sklearn’s',
  ];
  const lines = results.flatMap(({ sklearn64, others }) => [sklearn64, ...others]);
  return `${table(heads, rows)}\n\n${otherPeersTable(results)}\n\n${peerNotes(lines)}`;
}
