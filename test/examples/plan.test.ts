/** The example of the plan, run as a reader runs it, against the float64 oracle. */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { em, plan as oraclePlan, sinkhornEm, sum } from '../oracle/index.js';
import { root } from '../unpack.js';
import { expectAllWithin, expectWithin } from '../within.js';

type Bird = Readonly<Record<string, string | number | null>>;

const colours = ['#3c6eb4', '#2f9d70', '#e07b2c'];
const species = ['Adelie', 'Chinstrap', 'Gentoo'];
const folder = mkdtempSync(join(tmpdir(), 'otmix-plan-'));
let printed: string;
let svg: string;
let birds: Bird[];
let x: number[][];
let counted: number[];

beforeAll(async () => {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const script = join(root, 'examples/plan/plan.mjs');
  ({ stdout: printed } = await promisify(execFile)(process.execPath, [script, 'drawn.svg'], { cwd: folder, env }));
  svg = await readFile(join(folder, 'drawn.svg'), 'utf8');
  const file = join(root, 'node_modules/vega-datasets/data/penguins.json');
  const all = JSON.parse(await readFile(file, 'utf8')) as Bird[];
  birds = all.filter((bird) => bird['Beak Length (mm)'] !== null && bird['Body Mass (g)'] !== null);
  x = birds.map((bird) => [Number(bird['Beak Length (mm)']), Number(bird['Body Mass (g)'])]);
  counted = species.map((name) => birds.filter((bird) => bird.Species === name).length / birds.length);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The oracle's fit from the example's start: F, and the plan `[n][k]`. */
function oracleFit(kind: string): { objective: number; plan: number[][] } {
  const spread = [[9, 0], [0, 250_000]]; // prettier-ignore
  const means = [[39, 3700], [49, 3700], [47, 5100]]; // prettier-ignore
  const start = { weights: counted, means, covariances: species.map(() => spread) };
  const options = { covariance: 'full', regularization: 1e-6 } as const;
  if (kind === 'fixed') {
    const { last } = sinkhornEm(x, start, { ...options, proportions: counted, maxIterations: 40 });
    return { objective: last.objective, plan: last.plan };
  }
  const { mixture, objective } = em(x, start, { ...options, maxIterations: 1000, tolerance: 1e-6 });
  return { objective: objective[objective.length - 1], plan: oraclePlan(x, undefined, mixture, {}) };
}

/** What the example says of a fit. */
function said(kind: string) {
  const text = printed.slice(printed.indexOf(`${kind}:`));
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
  return {
    masses: /column masses ([\d. ]+),/.exec(text)?.[1].split(' ').map(Number),
    negative: number(/−mean log-likelihood ([\d.]+)/),
    primal: number(/primal ([\d.]+)/),
    dual: number(/dual ([\d.]+)/),
    gap: number(/gap ([-\d.e]+)/),
    right: number(/(\d+) of 342 birds/),
  };
}

describe.each(['free', 'fixed'])('the plan of a fit with %s proportions', (kind) => {
  test('is what the oracle finds from the same start, and is F', () => {
    const { objective, plan } = oracleFit(kind);
    const { masses, negative, primal, dual, gap, right } = said(kind);
    // Fits that stop at a gain of 1e-6 nats may be an iteration apart.
    expectAllWithin([primal, dual], [objective, objective], 5e-6, 'F');
    expectWithin(gap, 0, 1e-6, 'gap');
    if (kind === 'free') expectWithin(negative, primal, 1e-6);
    else expect(negative).toBeLessThan(primal - 1e-4);
    const columns = species.map((_, k) => sum(plan.map((row) => row[k])));
    expectAllWithin(masses ?? [], columns, 2e-3, 'column masses');
    if (kind === 'fixed') expectAllWithin(masses ?? [], counted, 2e-6, 'column masses');
    const own = plan.filter((row, i) => species[row.indexOf(Math.max(...row))] === birds[i].Species);
    expect(Math.abs(right - own.length)).toBeLessThanOrEqual(1);
  });

  test('is drawn: every row, a line for every share, components as large as their masses', () => {
    const { plan } = oracleFit(kind);
    const { masses = [], right } = said(kind);
    const { lines, dots, rings } = panel(kind === 'free' ? 0 : 1);
    expect(svg).toContain(`>${kind}: proportions are `);
    expect(svg).toContain(`>${right} of 342 birds in their own species<`);

    expect(rings.map(({ stroke }) => stroke)).toEqual(colours);
    const radii = rings.map(({ d }) => Number(/^M([\d.]+),/.exec(d)?.[1]));
    const expected = masses.map((mass) => Math.sqrt(2400 * mass) / 2); // Vega's size is the square about a disc
    expectAllWithin(radii, expected, 0.06, 'radii');

    const shares = plan.flat().map((entry) => Math.round(entry * x.length * 12) / 12);
    const drawn = lines.reduce((total, { d }) => total + d.split('L').length - 1, 0);
    expect(dots.reduce((total, { d }) => total + d.split('M').length - 1, 0)).toBe(x.length);
    // Shares at the very edge of a grade may be on its other side.
    expect(Math.abs(drawn - shares.filter((share) => share > 0).length)).toBeLessThanOrEqual(4);
    const opacity = lines.reduce((total, { d, opacity: of }) => total + of * (d.split('L').length - 1), 0);
    expectWithin(opacity / 0.6, sum(shares), 1, 'opacity is share');
  });
});

interface Path {
  readonly d: string;
  readonly stroke: string;
  readonly width: number;
  readonly opacity: number;
}

/** What is drawn of a plan, from left to right: the components come last. */
function panel(number: number): Record<'lines' | 'dots' | 'rings', Path[]> {
  const paths = [...svg.matchAll(/<path [^>]*>/g)].map(([tag]): Path => {
    const attribute = (name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
    const [width, opacity] = ['stroke-width', 'stroke-opacity'].map((name) => Number(attribute(name)));
    return { d: attribute('d'), stroke: attribute('stroke'), width, opacity };
  });
  const ends = paths.flatMap(({ width }, at) => (width === 3 ? [at + 1] : []));
  expect(ends).toHaveLength(6);
  const own = paths.slice(number === 0 ? 0 : ends[2], ends[number === 0 ? 2 : 5]);
  const wide = (width: number): Path[] => own.filter((path) => path.width === width);
  return { lines: wide(0.8), dots: wide(4.5), rings: wide(3) };
}
