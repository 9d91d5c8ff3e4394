/**
 * `npm run study:optima`: how often each way of starting a fit reaches the best optimum known, and at what cost, beside
 * scikit-learn. Draws docs/optima.svg.
 *
 * Best known is the lowest negative mean log-likelihood of any run in which no component collapsed, of this study or an
 * earlier one (best-known.json); a fit has reached it that is within 1e-3 nats, and has not collapsed. Columns are standardised, and all stop
 * at a gain of 1e-5 nats, so that neither units nor stopping decide. Of several restarts the lowest objective
 * wins: shares for ten are means over all choices of ten among the runs, and those of a budget over all choices
 * of as many runs as it pays for.
 */
import { writeFile } from 'node:fs/promises';
import type { FitOptions } from '../../src/fit/options.js';
import { table } from '../table.js';
import { better, readBestKnown, writeBestKnown, type BestKnown } from './optima/best-known.js';
import { optimaProblems, type OptimaProblem } from './optima/problems.js';
import { ourOutcomes, type Outcome } from './optima/run.js';
import { sklearnOutcomes } from './optima/sklearn.js';

type Way = Pick<FitOptions, 'seeding' | 'strategy'>;

const ours: Readonly<Record<string, Way>> = {
  'random, plain': { seeding: 'random' },
  'random-responsibilities, plain': { seeding: 'random-responsibilities' },
  'k-means, plain': { seeding: 'k-means' },
  'k-means++, plain': {},
  'k-means||, plain': { seeding: 'k-means||' },
  'k-means++, anneal': { strategy: 'anneal' },
  'k-means++, warm-up': { strategy: 'warm-up' },
  'k-means||, warm-up': { seeding: 'k-means||', strategy: 'warm-up' },
  'k-means++, short-runs': { strategy: 'short-runs' },
  'hierarchical, plain': { seeding: 'hierarchical' },
  'k-means++, race': { strategy: 'race' },
  'hierarchical, split-merge': { seeding: 'hierarchical', strategy: 'split-merge' },
};
const theirs = { 'scikit-learn, kmeans': 'kmeans', 'scikit-learn, k-means++': 'k-means++' } as const;

/** Runs of each way on each problem, and the number of restarts that shares are also given for. */
const STARTS = 40;
const RESTARTS = 10;
/** Sweeps that buy as many runs as they pay for, one at the least: what compares a dear way with a cheap one. */
const BUDGET = 500;
/** Nats within which the best known optimum counts as reached. */
const NEAR = 1e-3;

/** One way on one problem. */
export interface Finding {
  readonly problem: string;
  readonly way: string;
  /** Share of single runs, and of the best of ten, that reach the best known optimum. */
  readonly once: number;
  readonly often: number;
  /** The same of the best of as many runs as 500 sweeps pay for. */
  readonly affordable: number;
  /** Median sweeps of a run. */
  readonly sweeps: number;
  readonly collapsed: number;
}

/** What a study has found. */
export interface Study {
  readonly findings: readonly Finding[];
  /** The same by what was known before, if that was not the best. */
  readonly before?: readonly Finding[];
  readonly best: BestKnown;
}

export async function optimaStudy(
  say: (text: string) => void,
  problems?: readonly OptimaProblem[],
  { starts = STARTS, known = {} }: { readonly starts?: number; readonly known?: BestKnown } = {},
): Promise<Study> {
  const findings: Finding[] = [];
  const before: Finding[] = [];
  const found: Record<string, number> = {};
  for (const problem of problems ?? (await optimaProblems())) {
    const outcomes: Record<string, Outcome[]> = {};
    for (const [way, options] of Object.entries(ours)) outcomes[way] = await ourOutcomes(problem, options, starts);
    for (const [way, init] of Object.entries(theirs)) {
      const peer = await sklearnOutcomes(problem, init, starts);
      if (peer) outcomes[way] = peer;
    }
    const sound = Object.values(outcomes).flatMap((runs) => runs.filter(({ collapsed }) => !collapsed));
    const earlier = known[problem.name] ?? Infinity;
    const best = Math.min(earlier, ...sound.map(({ objective }) => objective));
    found[problem.name] = best;
    for (const [way, runs] of Object.entries(outcomes)) {
      findings.push(findingOf(problem.name, way, runs, best));
      before.push(findingOf(problem.name, way, runs, Number.isFinite(earlier) ? earlier : best));
    }
    const { name, about, k, covariance, data, d } = problem;
    say(`${name}: ${about}; ${data.length / d} × ${d}, k = ${k}, ${covariance}; best ${best.toFixed(5)}`);
  }
  const isNew = Object.entries(found).some(([name, best]) => best < (known[name] ?? best));
  return { findings, ...(isNew && { before }), best: better(known, found) };
}

function findingOf(problem: string, way: string, runs: readonly Outcome[], best: number): Finding {
  const reached = ({ objective, collapsed }: Outcome): boolean => !collapsed && objective - best < NEAR;
  return {
    ...{ problem, way },
    once: shareReached(runs, 1, reached),
    often: shareReached(runs, RESTARTS, reached),
    affordable: shareReached(runs, Math.min(runs.length, runsFor(BUDGET, runs)), reached),
    sweeps: median(runs.map(({ sweeps }) => sweeps)),
    collapsed: runs.filter(({ collapsed }) => collapsed).length / runs.length,
  };
}

function runsFor(budget: number, runs: readonly Outcome[]): number {
  return Math.max(1, Math.floor((budget * runs.length) / runs.reduce((sum, { sweeps }) => sum + sweeps, 0)));
}

/**
 * Chance that the winner, the lowest objective, of `restarts` different runs has reached the optimum: the run of rank
 * j wins in C(N − 1 − j, restarts − 1) of the C(N, restarts) choices.
 */
export function shareReached<T extends { readonly objective: number }>(
  runs: readonly T[],
  restarts: number,
  reached: (run: T) => boolean,
): number {
  const ranked = [...runs].sort((a, b) => a.objective - b.objective);
  const n = runs.length;
  let share = 0;
  /** Chance that all of the choice are of rank j or more. */
  let left = 1;
  for (let j = 0; j + restarts <= n; j++) {
    const wins = (left * restarts) / (n - j);
    if (reached(ranked[j])) share += wins;
    left -= wins;
  }
  return share;
}

/** Two tables: single runs problem by problem, with their sweeps; and means over the problems. */
export function optimaTable(findings: readonly Finding[]): string {
  const ways = [...new Set(findings.map(({ way }) => way))];
  const problems = [...new Set(findings.map(({ problem }) => problem))];
  const rows = ways.map((way) => {
    const own = findings.filter((finding) => finding.way === way);
    const cell = (problem: string): string => {
      const found = own.find((finding) => finding.problem === problem);
      return found ? `${found.once.toFixed(2)} ${found.often.toFixed(2)} ${found.sweeps.toFixed(0).padStart(3)}` : '–';
    };
    const mean = (of: (finding: Finding) => number): number => own.reduce((sum, one) => sum + of(one), 0) / own.length;
    const shares = [
      (f: Finding) => f.once,
      (f: Finding) => f.often,
      (f: Finding) => f.affordable,
      (f: Finding) => f.collapsed,
    ];
    const means = shares.map((share) => mean(share).toFixed(2));
    return { each: [way, ...problems.map(cell)], all: [way, ...means, mean(({ sweeps }) => sweeps).toFixed(0)] };
  });
  const each = table(
    ['of 1, best of 10, sweeps of 1', ...problems],
    rows.map((row) => row.each),
  );
  const heads = ['means over the problems', 'of 1', 'best of 10', `of ${BUDGET} sweeps`, 'collapsed', 'sweeps of 1'];
  return `${each}\n\n${table(
    heads,
    rows.map((row) => row.all),
  )}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** docs/optima.svg: shares of single runs, by way and problem. */
export async function optimaPicture(findings: readonly Pick<Finding, 'problem' | 'way' | 'once'>[]): Promise<string> {
  const { compile } = await import('vega-lite');
  const vega = await import('vega');
  const { spec } = compile({
    background: 'white',
    title: {
      text: 'Share of single runs that reach the best optimum known',
      anchor: 'start',
      fontSize: 13,
      offset: 10,
    },
    data: { values: findings.map(({ problem, way, once }) => ({ problem, way, once })) },
    width: { step: 62 },
    height: { step: 24 },
    encoding: {
      x: { field: 'problem', type: 'nominal', sort: null, title: null, axis: { orient: 'top', labelAngle: 0 } },
      y: { field: 'way', type: 'nominal', sort: null, title: null, axis: { labelLimit: 240 } },
    },
    layer: [
      {
        mark: 'rect',
        encoding: {
          color: {
            ...{ field: 'once', type: 'quantitative', scale: { scheme: 'blues', domain: [0, 1] } },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          text: { field: 'once', type: 'quantitative', format: '.0%' },
          color: { condition: { test: 'datum.once > 0.6', value: 'white' }, value: 'black' },
        },
      },
    ],
  });
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}

if (process.argv[1]?.endsWith('optima.js')) {
  const known = await readBestKnown();
  const { findings, before, best } = await optimaStudy((text) => void process.stderr.write(`${text}\n`), undefined, {
    known,
  });
  process.stdout.write(`${optimaTable(findings)}\n`);
  if (before) process.stdout.write(`\nby the optima known before:\n${optimaTable(before)}\n`);
  await writeBestKnown(best);
  await writeFile('docs/optima.svg', `${await optimaPicture(findings)}\n`);
}
