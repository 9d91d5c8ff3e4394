/** Seeded mixture problems with their truth and a usable start. */
import { type OracleMixture, outer, sum } from './sweep.js';

/** A uniform generator on [0, 1): mulberry32. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One standard normal (Box–Muller). */
export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export const problemNames = [
  'separated', // component means about 10 σ apart
  'overlapping', // component means about 2 σ apart
  'unbalanced', // separated, weights ∝ 1/(k + 1)²
  'offset', // overlapping, every column + 1e6
  'scales', // overlapping, the scales of the first and last column 1e4 apart
  'far', // pairs 3 σ apart, 3000 σ out from the data's centre
  'duplicates', // separated, ten equal rows
  'collapsed', // separated, the last component 2d + 2 rows with σ = 1e-3
  'anisotropic', // separated, rotated components whose axes are 1 to 1e-3
] as const;
export type ProblemName = (typeof problemNames)[number];

export type ProblemSize = { n: number; d: number; k: number; seed: number };

/**
 * x [n][d], the component that drew each row [n], the mixture that drew them, and a start
 * perturbed within each component.
 */
export type Problem = { x: number[][]; labels: number[]; truth: OracleMixture; start: OracleMixture };

/**
 * Draws a problem: the same arguments give the same numbers. Components get at least min(2d + 2, ⌊n/k⌋)
 * rows, so that with n ≥ k (2d + 2) no covariance is singular and EM from `start` needs no repair;
 * truth.weights are the rows' shares.
 */
export function problem(name: ProblemName, { n, d, k, seed }: ProblemSize): Problem {
  const random = mulberry32(seed);
  const counts = rowCounts(shares(name, k), n, Math.min(2 * d + 2, Math.floor(n / k)));
  const factors = range(k).map((c) => factor(name, d, c === k - 1, random));
  const scale = range(d).map((j) => (name === 'scales' && d > 1 ? 1e4 ** (j / (d - 1) - 0.5) : 1));
  const shift = name === 'offset' ? 1e6 : 0;
  const place = (point: number[]): number[] => point.map((value, j) => shift + scale[j] * value);
  const centres = positions(name, k, d, random);
  const truth = {
    weights: counts.map((count) => count / n),
    means: centres.map(place),
    covariances: factors.map((b) => covarianceOf(b, scale)),
  };
  const labels = shuffled(
    counts.flatMap((count, c) => range(count).map(() => c)),
    random,
  );
  const x = labels.map((c) => place(draw(centres[c], factors[c], random)));
  if (name === 'duplicates') repeatRow(x, labels, 10);
  const start = {
    weights: truth.weights.map((w) => (w + 1 / k) / 2),
    means: centres.map((centre, c) => place(draw(centre, factors[c], random, 0.3))),
    covariances: truth.covariances.map((s) => s.map((row) => row.map((value) => 1.5 * value))),
  };
  return { x, labels, truth, start };
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Unnormalised component weights. */
function shares(name: ProblemName, k: number): number[] {
  if (name === 'unbalanced') return range(k).map((c) => 1 / (c + 1) ** 2);
  if (name === 'collapsed') return range(k).map((c) => (c === k - 1 && k > 1 ? 0 : 1));
  return range(k).map(() => 1);
}

/** Rows per component: proportional to the shares, none under the floor, the first takes what rounding leaves. */
function rowCounts(weights: number[], n: number, floor: number): number[] {
  const free = n - weights.length * floor;
  const counts = weights.map((w) => floor + Math.floor((free * w) / sum(weights)));
  counts[0] += n - sum(counts);
  return counts;
}

/** B = H diag(s), H a random Householder reflection: rows μ + B z have covariance B Bᵀ. */
function factor(name: ProblemName, d: number, last: boolean, random: () => number): number[][] {
  const v = range(d).map(() => normal(random));
  const length = sum(v.map((value) => value * value));
  const s = range(d).map((j) => {
    if (name === 'anisotropic') return d > 1 ? 1e-3 ** (j / (d - 1)) : 1;
    return (0.7 + 0.6 * random()) * (name === 'collapsed' && last ? 1e-3 : 1);
  });
  return outer(v, v).map((row, i) => row.map((value, j) => ((i === j ? 1 : 0) - (2 * value) / length) * s[j]));
}

/** diag(scale) B Bᵀ diag(scale) */
const covarianceOf = (b: number[][], scale: number[]): number[][] =>
  b.map((u, i) => b.map((v, j) => scale[i] * scale[j] * sum(u.map((value, m) => value * v[m]))));

/** centre + spread · B z, z standard normal */
function draw(centre: number[], b: number[][], random: () => number, spread = 1): number[] {
  const z = centre.map(() => normal(random));
  return centre.map((value, j) => value + spread * sum(b[j].map((entry, m) => entry * z[m])));
}

/** Component means [k][d] before scale and shift. */
function positions(name: ProblemName, k: number, d: number, random: () => number): number[][] {
  const jitter = (point: number[]): number[] => point.map((value) => value + 0.5 * (random() - 0.5));
  if (name !== 'far')
    return lattice(k, d, name === 'overlapping' || name === 'offset' || name === 'scales' ? 2 : 11).map(jitter);
  const sites = lattice(Math.max(2, Math.ceil(k / 2)), d, 1);
  const radius = Math.max(...sites.map((site) => Math.hypot(...site)));
  return range(k).map((c) => {
    const site = sites[c % sites.length].map((value) => (3000 * value) / radius);
    return jitter(site.map((value, j) => value + (j === 0 && c >= sites.length ? 3 : 0)));
  });
}

/** k points of a cubic lattice about the origin, neighbours a spacing apart. */
function lattice(k: number, d: number, spacing: number): number[][] {
  let side = 1;
  while (side ** d < k) side++;
  return range(k).map((c) => range(d).map((j) => spacing * ((Math.floor(c / side ** j) % side) - (side - 1) / 2)));
}

/** Fisher–Yates. */
function shuffled(values: number[], random: () => number): number[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Makes up to `copies` rows of the first row's component equal to the first row. */
function repeatRow(x: number[][], labels: number[], copies: number): void {
  const alike = range(x.length).filter((i) => labels[i] === labels[0]);
  for (const i of alike.slice(0, copies)) x[i] = [...x[0]];
}
