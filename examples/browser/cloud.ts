import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { CloudRequest, Table } from './table.js';

/** Rows between two reports of progress. */
const STRIDE = 1 << 17;

interface Cluster {
  readonly weight: number;
  /** `[d]`. */
  readonly mean: readonly number[];
  /** `[d][d]`: x = mean + axes · z with z standard normal. */
  readonly axes: readonly (readonly number[])[];
}

interface Random {
  readonly uniform: () => number;
  readonly normal: () => number;
}

/** Draws the rows of a cloud; the same seed draws the same rows. */
export function drawCloud({ rows, d, clusters, seed }: CloudRequest, onProgress: (share: number) => void): Table {
  const random = randomOf(seed);
  const parts = drawClusters(clusters, d, random);
  const columns = Array.from({ length: d }, (_, j) => ({ name: `x${j + 1}`, values: new Float32Array(rows) }));
  const z = new Float64Array(d);
  for (let i = 0; i < rows; i++) {
    if (i % STRIDE === 0) onProgress(i / rows);
    const { mean, axes } = pick(parts, random.uniform());
    for (let j = 0; j < d; j++) z[j] = random.normal();
    for (let j = 0; j < d; j++) {
      let value = mean[j];
      for (let l = 0; l < d; l++) value += axes[j][l] * z[l];
      columns[j].values[i] = value;
    }
  }
  return { name: 'a generated cloud', rows, columns, remarks: [] };
}

/** Clusters that overlap a little: each mean is the farthest from the others of a dozen, axes are long and narrow. */
function drawClusters(k: number, d: number, random: Random): Cluster[] {
  const reach = 3 * Math.sqrt(k);
  const means: number[][] = [];
  const point = (): number[] => Array.from({ length: d }, () => reach * (2 * random.uniform() - 1));
  while (means.length < k) {
    const nearest = (a: readonly number[]): number => Math.min(...means.map((b) => distance(a, b)));
    means.push(Array.from({ length: 12 }, point).reduce((a, b) => (nearest(b) > nearest(a) ? b : a)));
  }
  const shares = means.map(() => 0.4 + random.uniform());
  const sum = shares.reduce((a, b) => a + b, 0);
  return means.map((mean, i) => ({ mean, weight: shares[i] / sum, axes: drawAxes(d, random) }));
}

/** Orthogonal axes (Gram–Schmidt on normal vectors) of lengths 0.4 to 2.8. */
function drawAxes(d: number, { uniform, normal }: Random): number[][] {
  const basis: number[][] = [];
  while (basis.length < d) {
    let v = Array.from({ length: d }, normal);
    for (const u of basis) {
      const along = u.reduce((sum, value, j) => sum + value * v[j], 0);
      v = v.map((value, j) => value - along * u[j]);
    }
    const length = Math.hypot(...v);
    if (length > 1e-3) basis.push(v.map((value) => value / length));
  }
  const lengths = basis.map(() => 0.4 * 7 ** uniform());
  return Array.from({ length: d }, (_, j) => basis.map((u, l) => u[j] * lengths[l]));
}

function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = (): number => uniformFloat64(generator);
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())); // Box and Muller
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}

function pick(parts: readonly Cluster[], uniform: number): Cluster {
  let left = uniform;
  return parts.find(({ weight }) => (left -= weight) < 0) ?? parts[parts.length - 1];
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, j) => value - b[j]));
}
