import { cholesky, inverseTransposed } from '../base/cholesky.js';
import type { CovarianceForm } from '../../kernels/form.js';
import type { Family } from '../families/family.js';
import { fillColumns } from '../sweep/exact/host-rows.js';
import { agglomerate } from './agglomerate.js';
import { EvidenceClusters, WardClusters, type WeighedRows } from './clusters.js';
import { drawnRows, type DrawnFrom } from './drawn-rows.js';
import { clusters, shares, type Start } from './estimates.js';
import { addRow, hostMoments } from './host-moments.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import { metricOf, type SeedingProblem } from './seeding.js';

/** A share of the rows is clustered, so that starts differ, and at most so many. */
const SHARE = 0.8;
const MOST_ROWS = 1000;
/** Rows per component, at least. */
const PER_COMPONENT = 4;
/** Rows beyond which costs of pairs would take too much memory: 4000² · 8 bytes. */
const MOST_PAIRED = 4000;
/** Multiplications that evidences may take: some tenth of a second. */
const WORK = 1e8;
/** As many clusters, at most, go on from Ward's criterion to evidences. */
const MOST_EVIDENCES = 300;
/** Of a column's variance: what keeps columns that depend on each other apart. */
const RIDGE = 1e-9;

/** What centres are found among. */
type Among = Omit<SeedingProblem, 'shard'> & Pick<DrawnFrom, 'shard'>;

/** Rows drawn by weight, and what their lengths are measured by. */
interface Drawn {
  /** `[rows, d]`, in the shard's coordinates, and how often each was drawn. */
  readonly rows: WeighedRows;
  /** Of each row, its cluster of k, from 0. */
  readonly clusterOf: Int32Array;
}

/**
 * Centres `[k, d]`: means of clusters of drawn rows that Ward's criterion merges, in standard deviations of the columns.
 * Those of k-means++ where hardly more rows were drawn than there are components.
 */
export async function hierarchicalCentres(problem: Among): Promise<Float64Array> {
  const drawn = await clustered(problem, undefined);
  return drawn ? centresOf(drawn, problem.k) : kMeansPlusPlus(problem);
}

/**
 * A start from clusters of drawn rows that are merged by the form of the components' covariances, each component estimated
 * from its own. Undefined where hardly more rows were drawn than there are components.
 */
export async function hierarchicalStart(
  problem: SeedingProblem,
  family: Family,
  form: CovarianceForm,
  regularization: Float64Array,
): Promise<Start | undefined> {
  const drawn = await clustered(problem, form);
  if (!drawn) return undefined;
  const { k, scaling, variances } = problem;
  const { rows, clusterOf } = drawn;
  const packed = family.around(centresOf(drawn, k), variances, scaling);
  const moments = hostMoments(packed);
  const share = new Float64Array(k);
  for (const [row, cluster] of clusterOf.entries()) {
    share.fill(0)[cluster] = 1;
    addRow(moments, packed, rows.values.subarray(row * rows.d, (row + 1) * rows.d), rows.weights[row], share);
  }
  const of = { ...problem, shard: { n: clusterOf.length } };
  return {
    weights: shares(moments, clusterOf.length),
    components: clusters({ packed, moments }, of, family, regularization),
  };
}

/** Draws rows and clusters them: by the form of covariances, or by Ward's criterion alone. */
async function clustered(problem: Among, form: CovarianceForm | undefined): Promise<Drawn | undefined> {
  const { k, variances, signal } = problem;
  const rows = await someRows(problem);
  const count = rows.weights.length;
  if (count <= k || count > MOST_PAIRED) return undefined;
  const whole = form === 'full' || form === 'tied';
  const measured = { ...rows, values: whole ? whitened(rows) : inUnits(rows, metricOf(variances)) };
  const own = form === 'tied' ? undefined : form;
  const evidences = own ? Math.min(MOST_EVIDENCES, Math.floor(Math.sqrt(WORK / operations(own, rows.d)))) : 0;
  const ward = numbered(await agglomerate(new WardClusters(measured), Math.max(k, evidences), signal));
  if (!own || evidences <= k) return { rows, clusterOf: ward };
  const merged = numbered(await agglomerate(new EvidenceClusters(measured, ward, { form: own, k }), k, signal));
  return { rows, clusterOf: ward.map((cluster) => merged[cluster]) };
}

/** Multiplications of a pair's evidence, with what else it takes. */
function operations(form: Exclude<CovarianceForm, 'tied'>, d: number): number {
  return form === 'full' ? d ** 3 / 3 + 3 * d * d + 100 : 20 * d + 100;
}

/** Numbers of clusters, from 0 in the order of their first rows. */
function numbered(takenBy: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return takenBy.map((cluster) => {
    const number = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, number);
    return number;
  });
}

/** Different rows drawn by weight, with means for what they lack. */
async function someRows({ k, ...problem }: Among): Promise<WeighedRows> {
  const { n, d } = problem.shard;
  const most = Math.min(n, Math.max(Math.min(Math.ceil(SHARE * n), MOST_ROWS), PER_COMPONENT * k));
  const rows = await drawnRows(problem, most);
  fillColumns(rows.values, rows.weights, d);
  return rows;
}

function inUnits({ values, d }: WeighedRows, metric: Float64Array): Float64Array {
  return values.map((value, at) => value * metric[at % d]);
}

/** Rows whose covariance is the identity; by columns alone where it is not positive definite. */
function whitened(rows: WeighedRows): Float64Array {
  const { values, d } = rows;
  const covariance = covarianceOf(rows);
  const variances = Float64Array.from({ length: d }, (_, j) => covariance[j * d + j]);
  for (let j = 0; j < d; j++) covariance[j * d + j] += RIDGE * variances[j] || 1;
  const factor = cholesky(covariance, d);
  if (!factor) return inUnits(rows, metricOf(variances));
  const whitening = inverseTransposed(factor, d);
  const white = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += d) {
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) white[row + j] += values[row + i] * whitening[i * d + j];
    }
  }
  return white;
}

/** `[d, d]`. */
function covarianceOf({ values, weights, d }: WeighedRows): Float64Array {
  const mean = centresOf({ rows: { values, weights, d }, clusterOf: new Int32Array(weights.length) }, 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const covariance = new Float64Array(d * d);
  for (let row = 0; row < weights.length; row++) {
    const difference = values.subarray(row * d, (row + 1) * d).map((value, j) => value - mean[j]);
    for (let i = 0, at = 0; i < d; i++) {
      const own = (weights[row] / total) * difference[i];
      for (let j = 0; j < d; j++, at++) covariance[at] += own * difference[j];
    }
  }
  return covariance;
}

/** Weighted means of clusters, `[k, d]`. */
function centresOf({ rows: { values, weights, d }, clusterOf }: Drawn, k: number): Float64Array {
  const centres = new Float64Array(k * d);
  const masses = new Float64Array(k);
  for (const [row, cluster] of clusterOf.entries()) {
    masses[cluster] += weights[row];
    const share = weights[row] / masses[cluster];
    for (let j = 0; j < d; j++) {
      centres[cluster * d + j] += share * (values[row * d + j] - centres[cluster * d + j]);
    }
  }
  return centres;
}
