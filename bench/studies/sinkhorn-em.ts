/**
 * `npm run study:sinkhorn-em`: how often EM and Sinkhorn-EM find the truth where the proportions are known, after Mena
 * et al. (2020). Draws docs/sinkhorn-em.svg.
 *
 * n = 1000 rows of p N(1, 1) + (1 − p) N(−1, 1), p from .5 to 1. The model's means are θ and −θ: both are learnt, as
 * one number (with a number each, Sinkhorn-EM has the local optima that EM has). Starts are a grid of [−2, 2], and a
 * run succeeds that ends within .25 of θ = 1.
 */
import { writeFile } from 'node:fs/promises';
import { seededRandom } from '../../src/base/random.js';
import type { Moments } from '../../src/sweep/moments.js';
import { marginalSolver } from '../../src/transport/marginal.js';
import type { InnerSolve, Swept } from '../../src/transport/solver.js';
import { table } from '../table.js';

const methods = ['EM', 'EM that learns the weights', 'Sinkhorn-EM'] as const;
type Method = (typeof methods)[number];

const rows = 1000;
const wholeStudy: StudySize = { samples: 3, shares: Array.from({ length: 11 }, (_, i) => 0.5 + i / 20) };
const starts = Array.from({ length: 40 }, (_, i) => -2 + (4 * i) / 39);
const mostIterations = 2000;

/** Data sets drawn at each p, and the p. */
export interface StudySize {
  readonly samples: number;
  readonly shares: readonly number[];
}

/** Fraction of the starts from which θ is found, by method, at each p. */
export type Successes = Readonly<Record<Method, readonly number[]>>;

export async function study(say: (text: string) => void, size: StudySize = wholeStudy): Promise<Successes> {
  const { samples, shares } = size;
  const found: Record<Method, number[]> = { EM: [], 'EM that learns the weights': [], 'Sinkhorn-EM': [] };
  for (const share of shares) {
    const data = Array.from({ length: samples }, (_, sample) => draw(share, sample));
    for (const method of methods) {
      let successes = 0;
      for (const x of data) {
        for (const start of starts) successes += Number(Math.abs((await fit(x, share, start, method)) - 1) < 0.25);
      }
      found[method].push(successes / (samples * starts.length));
    }
    say(`p = ${share.toFixed(2)}`);
  }
  return found;
}

function draw(share: number, sample: number): Float64Array {
  const random = seededRandom(sample, Math.round(100 * share));
  return Float64Array.from({ length: rows }, () => (random.uniform() < share ? 1 : -1) + random.normal());
}

/** θ where iterations from a start end. */
async function fit(x: Float64Array, share: number, start: number, method: Method): Promise<number> {
  // A proportion of 0 is none; at p = 1 one of 1e-6 stands for it.
  const known = [Math.min(share, 1 - 1e-6), Math.max(1 - share, 1e-6)];
  const solver = marginalSolver(method === 'Sinkhorn-EM' ? { kind: 'fixed', weights: known } : { kind: 'free' }, 2);
  let theta = start;
  let side = solver.start(Float64Array.from(known));
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const sweep: InnerSolve['sweep'] = (at) => Promise.resolve(sweepAt(x, theta, at));
    const solved = await solver.solve(await sweep(side), { sweep, epsilon: 1, tolerance: 1e-8 });
    const next = solved.moments.quadratic[0].first[0];
    // Known weights are held at their values; the free marginal would learn them.
    side = method === 'EM' ? side : solver.advance(solved, []);
    if (Math.abs(next - theta) < 1e-8) return next;
    theta = next;
  }
  return theta;
}

/** Moments of the plan between rows and N(θ, 1), N(−θ, 1); `first` is the next θ, Σ_i a_i (r_i1 − r_i2) x_i. */
function sweepAt(x: Float64Array, theta: number, side: Swept['side']): Swept {
  const { weights, potential } = side;
  const offset = Math.log(weights[0] / weights[1]) + potential[0] - potential[1];
  let [objective, mass, first, overlap] = [0, 0, 0, 0];
  for (const value of x) {
    const logit = offset + 2 * theta * value;
    const r = 1 / (1 + Math.exp(-logit));
    // log Σ_k w_k e^{g_k} N(x; ±θ, 1) by its second term, but for the constant of the normal density.
    const second = Math.log(weights[1]) + potential[1] - (value + theta) ** 2 / 2;
    objective -= second + Math.max(0, logit) + Math.log1p(Math.exp(-Math.abs(logit)));
    mass += r;
    first += (2 * r - 1) * value;
    overlap += r * (1 - r);
  }
  const n = x.length;
  const moments: Moments = {
    weight: n,
    objective,
    mass: Float64Array.of(mass, n - mass),
    quadratic: [{ frame: 'differences', first: Float64Array.of(first / n), second: new Float64Array() }],
    coupling: Float64Array.of(mass - overlap, overlap, overlap, n - mass - overlap),
  };
  return { side, moments };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export function studyTable(found: Successes, shares = wholeStudy.shares): string {
  const line = (method: Method): string[] => [
    method,
    ...found[method].map((value) => value.toFixed(2)),
    mean(found[method]).toFixed(3),
  ];
  return table(['p', ...shares.map((share) => share.toFixed(2)), 'all'], methods.map(line));
}

async function picture(found: Successes): Promise<string> {
  const { compile } = await import('vega-lite');
  const vega = await import('vega');
  const values = methods.flatMap((method) =>
    found[method].map((success, at) => ({ method, p: wholeStudy.shares[at], success })),
  );
  const { spec } = compile({
    width: 420,
    height: 220,
    background: 'white',
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'p', type: 'quantitative', title: 'share of the first component', scale: { zero: false } },
      y: { field: 'success', type: 'quantitative', title: 'starts that find the truth', axis: { format: '%' } },
      color: { field: 'method', type: 'nominal', title: null, sort: [...methods] },
    },
  });
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}

if (process.argv[1]?.endsWith('sinkhorn-em.js')) {
  const found = await study((text) => void process.stderr.write(`${text}\n`));
  process.stdout.write(`${studyTable(found)}\n`);
  await writeFile('docs/sinkhorn-em.svg', `${await picture(found)}\n`);
}
