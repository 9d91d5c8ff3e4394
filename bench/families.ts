import { timeFamily, timeFamilySeeding, type FamilyRun } from './family-iterations.js';
import { familyOperations, familyProblem, type FamilyProblem, type FamilySize } from './family-problem.js';
import type { Machine } from './machine.js';
import { numpyFamilies, numpyPatterns, poLCA, stepMix, type Dtype, type Script } from './peers/list.js';
import { onFile, runOnFile, type PeerOutcome } from './peers/peer.js';
import { digits, table } from './table.js';

/**
 * How far components are apart in lines of that name: topics of log-probabilities that vary by 1, mean directions of a
 * cosine of .67. Rows then are some 80 nats likelier under their component than under another, 10 in the other lines.
 */
const FAR = 3.5;

const sizes: readonly FamilySize[] = [
  of('bernoulli', 1_000_000, 20, 8),
  of('multinomial', 100_000, 300, 20),
  of('vonMisesFisher', 200_000, 768, 32),
  { ...of('multinomial', 100_000, 300, 20), name: 'multinomial, far apart', apart: FAR },
  { ...of('vonMisesFisher', 200_000, 768, 32), name: 'vonMisesFisher, far apart', apart: FAR },
  of('poisson', 1_000_000, 10, 8),
  of('categorical', 1_000_000, 10, 8),
  of('studentT', 200_000, 16, 16),
  { ...of('gaussian', 100_000, 16, 8), name: 'gaussian, a tenth missing', missing: 0.1 },
  { ...of('studentT', 100_000, 16, 8), name: 'studentT, a tenth missing', missing: 0.1 },
  {
    name: 'product',
    n: 500_000,
    k: 8,
    factors: [
      { family: 'gaussian', columns: 4 },
      { family: 'poisson', columns: 3 },
      { family: 'categorical', columns: 2 },
    ],
  },
];
/** Rows of a quick run are so many times fewer. */
const QUICK = 20;
const ITERATIONS = 8;
const ROUNDS = 3;
/** Iterations of a peer in rounds after the first, whose fastest settings they have: some peers take seconds for one. */
const PEER_ITERATIONS = 3;

function of(family: FamilySize['factors'][number]['family'], n: number, columns: number, k: number): FamilySize {
  return { name: family, n, k, factors: [{ family, columns }] };
}

const peers = {
  float32: [numpyFamilies, 'float32'],
  float64: [numpyFamilies, 'float64'],
  stepMix: [stepMix, 'float64'],
  poLCA: [poLCA, 'float64'],
} as const satisfies Readonly<Record<string, readonly [Script, Dtype]>>;
type PeerName = keyof typeof peers;

/** The peers that have a problem's families. */
function peersOf({
  name,
  missing,
  factors,
}: FamilySize): Readonly<Partial<Record<PeerName, readonly [Script, Dtype]>>> {
  if (factors.some(({ family }) => family === 'studentT')) return {};
  if (missing) return { float64: [numpyPatterns, 'float64'] };
  const { float32, float64 } = peers;
  return name === 'bernoulli' ? peers : { float32, float64 };
}

/** One line of the bench: what is least of several turns, in seconds. */
export interface FamilyResult extends FamilySize {
  /** On one thread and on all. */
  readonly one: FamilyRun;
  readonly all: FamilyRun;
  readonly seeding: number;
  readonly gflops: number;
  /** Share of the peak that one thread reaches. */
  readonly ofPeak: number;
  /** An EM iteration of the peers; left out of those that don't have the family. */
  readonly peers: Readonly<Partial<Record<PeerName, PeerOutcome>>>;
}

export interface FamilyBenchOptions {
  readonly quick: boolean;
  /** Families, by parts of their names; all of them where it is empty. */
  readonly only: readonly string[];
}

/** `npm run bench -- families`: EM for every kind of column beside numpy, StepMix and poLCA, which take turns with it. */
export async function benchFamilies(
  machine: Machine,
  { quick, only }: FamilyBenchOptions,
  say: (text: string) => void,
): Promise<FamilyResult[]> {
  const results: FamilyResult[] = [];
  for (const size of sizes) {
    if (only.length > 0 && !only.some((part) => size.name.includes(part))) continue;
    const problem = familyProblem(quick ? { ...size, n: size.n / QUICK } : size);
    results.push(await compareFamily(problem, machine, quick ? 2 : ROUNDS));
    say(`measured ${size.name}`);
  }
  return results;
}

/** Times a problem and its peers, in turn. Throws where numpy in float64 ends elsewhere. */
export async function compareFamily(
  problem: FamilyProblem,
  { threads, peak }: Pick<Machine, 'threads' | 'peak'>,
  rounds: number,
): Promise<FamilyResult> {
  const { name, n, k, d, factors, data } = problem;
  const [one, all, seeding]: [FamilyRun[], FamilyRun[], number[]] = [[], [], []];
  const theirs = new Map<PeerName, PeerOutcome>();
  await onFile(data, [n, d], async (path) => {
    for (let round = 0; round < rounds; round++) {
      one.push(await timeFamily(problem, ITERATIONS, 1));
      all.push(await timeFamily(problem, ITERATIONS, threads));
      seeding.push(await timeFamilySeeding(problem, threads));
      for (const [peer, [script, dtype]] of Object.entries(peersOf(problem)) as [
        PeerName,
        readonly [Script, Dtype],
      ][]) {
        const job = { n, d, k, factors, start: problem.start, dtype, data: path };
        theirs.set(peer, await again(script, job, theirs.get(peer)));
      }
    }
  });
  const best = least(one);
  requireAgreement(name, best.objective, theirs.get('float64'));
  const gflops = familyOperations(problem) / best.iteration / 1e9;
  const own = { one: best, all: least(all), seeding: Math.min(...seeding), gflops, ofPeak: gflops / peak };
  return { name, n, k, factors, ...own, peers: Object.fromEntries(theirs) };
}

function least(runs: readonly FamilyRun[]): FamilyRun {
  const of = (name: 'iteration' | 'load' | 'score'): number => Math.min(...runs.map((run) => run[name]));
  return { ...runs[0], iteration: of('iteration'), load: of('load'), score: of('score') };
}

/** A peer's first outcome, or its outcome so far with the least time of another turn. */
async function again(
  script: Script,
  job: Omit<Parameters<typeof runOnFile>[1], 'iterations'>,
  so: PeerOutcome | undefined,
): Promise<PeerOutcome> {
  if (!so) return runOnFile(script, { ...job, iterations: ITERATIONS });
  if (!('settings' in so)) return so; // which does not change
  const next = await runOnFile(script, { ...job, iterations: PEER_ITERATIONS, setting: so.settings });
  return secondsOf(next) < so.least_seconds ? { ...so, least_seconds: secondsOf(next) } : so;
}

/** Of an EM iteration; NaN of a peer that has none. */
function secondsOf(outcome: PeerOutcome | undefined): number {
  return outcome && 'least_seconds' in outcome ? outcome.least_seconds : NaN;
}

/** After as many iterations from the same start the mean log-likelihood is the same. */
export function requireAgreement(name: string, objective: number, exact: PeerOutcome | undefined): void {
  if (!exact || !('objective' in exact)) return;
  if (Math.abs(objective - exact.objective) <= 1e-6 * Math.abs(exact.objective)) return;
  throw new Error(`bench: ${name}: expected numpy's mean log-likelihood of ${exact.objective}, got ${objective}`);
}

const SHARES =
  'Shares: how many responsibilities are not negligible, of rows and components; others are exact zeros in sums.';

/** The results as a table, and what is missing. */
export function familiesTable(results: readonly FamilyResult[]): string {
  const heads = [
    'family',
    'n × d, k',
    'ms, 1 thread',
    'ms, all',
    'Mrows/s',
    'of peak',
    'shares',
    'load ms',
    'seed ms',
    'score ms',
    'numpy float32 ms',
    'ratio',
    'float64',
    'StepMix ms',
    'ratio',
    'poLCA ms',
    'ratio',
    'log-lik.',
    'numpy’s',
  ];
  const rows = results.map(({ name, n, k, factors, one, all, seeding, ofPeak, peers: theirs }) => {
    const [single, double, ...classes] = (['float32', 'float64', 'stepMix', 'poLCA'] as const).map((peer) =>
      secondsOf(theirs[peer]),
    );
    const columns = factors.reduce((sum, factor) => sum + factor.columns, 0);
    return [
      ...[name, `${n.toLocaleString('en')} × ${columns}, ${k}`],
      ...[one.iteration, all.iteration].map((seconds) => digits(1000 * seconds)),
      digits(n / all.iteration / 1e6),
      ofPeak > 0 ? `${digits(100 * ofPeak, 2)} %` : '–',
      `${digits(100 * all.sharing, 2)} %`,
      ...[all.load, seeding, all.score, single].map((seconds) => digits(1000 * seconds)),
      ...[single, double].map((seconds) => `${digits(seconds / all.iteration)} ×`),
      ...classes.flatMap((seconds) => [digits(1000 * seconds), `${digits(seconds / all.iteration)} ×`]),
      all.objective.toFixed(5),
      objectiveOf(theirs.float64).toFixed(5),
    ];
  });
  return [table(heads, rows), SHARES, ...notesOf(results)].join('\n');
}

function objectiveOf(outcome: PeerOutcome | undefined): number {
  return outcome && 'objective' in outcome ? outcome.objective : NaN;
}

/** What each peer is, or why it is not there. */
function notesOf(results: readonly FamilyResult[]): string[] {
  const notes = results.flatMap(({ peers: theirs }) =>
    Object.values(theirs).map((outcome) => {
      if ('missing' in outcome) return `Missing: ${outcome.missing}`;
      if ('skipped' in outcome) return `Skipped: ${outcome.skipped}`;
      return `Peer: ${outcome.version}, ${outcome.about}, ${outcome.threads} threads`;
    }),
  );
  return [...new Set(notes)];
}
