import { readFile } from 'node:fs/promises';
import type { CovarianceForm } from '../../../kernels/form.js';
import { seededRandom, type Random } from '../../../src/base/random.js';

/** Rows to be fitted, and by what; columns are standardised, so that every package seeds in the same units. */
export interface OptimaProblem {
  readonly name: string;
  readonly about: string;
  readonly k: number;
  readonly covariance: CovarianceForm;
  /** Row-major `[n, d]`. */
  readonly data: Float64Array;
  readonly d: number;
}

type Rows = readonly (readonly number[])[];

/** The problems of the study: clusters that overlap, unbalanced ones, many, and real data. */
export async function optimaProblems(): Promise<OptimaProblem[]> {
  const real: Description[] = [
    ['iris', 'sepals and petals', 3, 'full', await csv('test/golden/iris.csv', [0, 1, 2, 3])],
    ['faithful', 'eruptions and waiting', 3, 'tied', await csv('test/golden/faithful.csv', ['eruptions', 'waiting'])],
    ['penguins', 'beak, flipper and mass', 4, 'diag', await penguins()],
    ['zipcodes', 'every 20th place of the contiguous United States', 8, 'full', await places()],
  ];
  return [...drawnProblems(), ...real.map(problemOf)];
}

/** The six problems whose rows are drawn, of so many rows each; by default as many as the study takes. */
export function drawnProblems(n?: number): OptimaProblem[] {
  const all: Description[] = [
    ['overlapping', '5 balls 2.5 standard deviations apart', 5, 'full', overlapping(n)],
    ['crossing', '4 long ellipses that cross', 4, 'full', crossing(n)],
    ['unbalanced', '5 clusters of 60, 20, 10, 6 and 4 %', 5, 'full', unbalanced(n)],
    ['rare', '5 clusters of 80, 15, 3, 1.5 and 0.5 %', 5, 'full', rare(n)],
    ['grid', '25 balls on a grid, four standard deviations apart', 25, 'spherical', grid(n)],
    ['many', '30 clusters of uneven size in 5 dimensions', 30, 'diag', many(n)],
  ];
  return all.map(problemOf);
}

type Description = readonly [name: string, about: string, k: number, covariance: CovarianceForm, rows: Rows];

function problemOf([name, about, k, covariance, rows]: Description): OptimaProblem {
  return { name, about, k, covariance, ...standardised(rows) };
}

/** n rows, each of a component drawn by the weights, by what the component draws. */
function drawn(n: number, weights: readonly number[], seed: number, row: (c: number, r: Random) => number[]): Rows {
  const random = seededRandom(seed);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: n }, () => {
    let left = random.uniform() * total;
    let c = 0;
    while (c < weights.length - 1 && (left -= weights[c]) >= 0) c++;
    return row(c, random);
  });
}

function overlapping(n = 2000): Rows {
  const centres = [
    [0, 0],
    [2.5, 0],
    [0, 2.5],
    [-2.5, 0],
    [0, -2.5],
  ];
  return drawn(n, [1, 1, 1, 1, 1], 1, (c, random) => centres[c].map((value) => value + random.normal()));
}

function crossing(n = 2000): Rows {
  return drawn(n, [3, 2, 2, 1], 2, (c, random) => {
    const angle = (c * Math.PI) / 4;
    const [long, short] = [3 * random.normal(), 0.3 * random.normal()];
    const shift = c === 3 ? 2 : 0;
    return [shift + long * Math.cos(angle) - short * Math.sin(angle), long * Math.sin(angle) + short * Math.cos(angle)];
  });
}

const unbalanced = (n = 2000): Rows => uneven(n, [60, 20, 10, 6, 4], 3);
const rare = (n = 4000): Rows => uneven(n, [80, 15, 3, 1.5, 0.5], 7);

/** One wide cluster in the middle and narrow ones about it. */
function uneven(n: number, shares: readonly number[], seed: number): Rows {
  const centres = [
    [0, 0, 0],
    [4, 0, 0],
    [0, 4, 0],
    [4, 4, 3],
    [-3, -3, 3],
  ];
  const widths = [1.5, 0.7, 0.7, 0.5, 0.5];
  return drawn(n, shares, seed, (c, random) => centres[c].map((value) => value + widths[c] * random.normal()));
}

function grid(n = 2500): Rows {
  const even = new Array<number>(25).fill(1);
  return drawn(n, even, 4, (c, random) => [c % 5, Math.floor(c / 5)].map((value) => value + 0.25 * random.normal()));
}

function many(n = 3000): Rows {
  const random = seededRandom(5);
  const centres = Array.from({ length: 30 }, () => Array.from({ length: 5 }, () => 4 * random.normal()));
  const weights = centres.map(() => 0.3 - Math.log(1 - random.uniform()));
  return drawn(n, weights, 6, (c, own) => centres[c].map((value) => value + own.normal()));
}

async function csv(path: string, columns: readonly (string | number)[]): Promise<Rows> {
  const [head, ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
  const names = head.split(',');
  const at = columns.map((column) => (typeof column === 'number' ? column : names.indexOf(column)));
  return lines.map((line) => at.map((position) => Number(line.split(',')[position])));
}

const datasets = 'node_modules/vega-datasets/data';

async function penguins(): Promise<Rows> {
  const columns = ['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)'];
  const text = await readFile(`${datasets}/penguins.json`, 'utf8');
  return (JSON.parse(text) as Record<string, number | null>[])
    .map((one) => columns.map((column) => one[column]))
    .filter((row): row is number[] => row.every((value) => value !== null));
}

async function places(): Promise<Rows> {
  const rows = await csv(`${datasets}/zipcodes.csv`, ['longitude', 'latitude']);
  return rows
    .filter(([east, north]) => east > -125 && east < -66 && north > 24 && north < 50)
    .filter((_, index) => index % 20 === 0);
}

function standardised(rows: Rows): Pick<OptimaProblem, 'data' | 'd'> {
  const d = rows[0].length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centres = rows[0].map((_, j) => mean(rows.map((row) => row[j])));
  const widths = centres.map((centre, j) => Math.sqrt(mean(rows.map((row) => (row[j] - centre) ** 2))));
  return { data: Float64Array.from(rows.flatMap((row) => row.map((value, j) => (value - centres[j]) / widths[j]))), d };
}
