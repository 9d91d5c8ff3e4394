/** Runs of `sinkhorn` and `sinkhornDivergence`, of arrays. */
import { sinkhorn, sinkhornDivergence, type SinkhornOptions, type Transport } from '../../src/index.js';
import { clouds, firstRows, uniforms } from './data.js';
import type { Where } from './observe.js';

const [x, y] = [clouds({ n: 45, d: 3, k: 3, seed: 11 }), clouds({ n: 33, d: 3, k: 3, seed: 12 })];
const [n, m] = [45, 33];

/** Costs `[batches, 9, 7]`, forbidden pairs among them. */
function costs(batches: number): { data: Float64Array; shape: number[] } {
  const next = uniforms(13);
  const data = Float64Array.from({ length: batches * 63 }, (_, i) => (i % 17 === 5 ? Infinity : 4 * next()));
  return { data, shape: batches === 1 ? [9, 7] : [batches, 9, 7] };
}

function shares(count: number): number[] {
  const values = Array.from({ length: count }, (_, i) => 1 + (i % 4));
  const sum = values.reduce((all, value) => all + value, 0);
  return values.map((value) => value / sum);
}

async function solution(transport: Transport, plan = true): Promise<object> {
  const { f, g, shape, epsilon, statuses, iterations, costs: spent, objectives, precision } = transport;
  const { marginalErrors, masses } = transport;
  const base = { f, g, shape, epsilon, statuses, iterations, costs: spent, objectives, precision };
  const entries = plan ? (await transport.plan()).data : undefined;
  return { ...base, marginalErrors, masses, entries };
}

export async function ofCosts(where: Where): Promise<object> {
  const one = await sinkhorn(costs(1), { epsilon: 0.5, a: shares(9), b: shares(7), ...where });
  const batch = await sinkhorn(costs(3), { epsilon: 0.2, acceleration: 'none', ...where });
  return { one: await solution(one), batch: await solution(batch) };
}

export async function ofClouds(where: Where): Promise<object> {
  const options: SinkhornOptions = { epsilon: 0.3, a: shares(n), b: shares(m), ...where };
  const first = await sinkhorn({ x, y }, options);
  const moved = (await first.apply(y)).data;
  const back = (await first.applyTransposed(x)).data;
  const warm = await sinkhorn({ x, y }, { ...options, epsilon: 0.25, start: first });
  const products = await sinkhorn({ x, y, metric: 'dot' }, { epsilon: 1, ...where });
  return { first: await solution(first), moved, back, warm: await solution(warm), products: await solution(products) };
}

export async function unbalanced(where: Where): Promise<object> {
  const relaxed = await sinkhorn({ x, y }, { epsilon: 0.3, rhoB: 1, ...where });
  const both = await sinkhorn({ x, y }, { epsilon: 0.5, rhoA: 2, rhoB: 0.5, b: shares(m), ...where });
  const open = await sinkhorn({ x, y }, { epsilon: 0.5, rhoA: 0, ...where });
  return { relaxed: await solution(relaxed), both: await solution(both), open: await solution(open) };
}

export async function divergences(where: Where): Promise<object> {
  const [even, uneven] = [
    await sinkhornDivergence(x, y, { epsilon: 0.3, ...where }),
    await sinkhornDivergence(firstRows(x, 20), firstRows(y, 15), { epsilon: 0.5, rho: 2, ...where }),
  ];
  return [even, uneven].map(({ values, status, iterations }) => ({ values, status, iterations }));
}

/** Over a million pairs, which SIMD solves. */
export async function large(where: Where): Promise<object> {
  const rows = clouds({ n: 1100, d: 3, k: 4, seed: 14 });
  const columns = clouds({ n: 1001, d: 3, k: 4, seed: 15 });
  const solved = await sinkhorn({ x: rows, y: columns }, { epsilon: 0.5, maxIterations: 8, ...where });
  return { solved: await solution(solved, false), moved: (await solved.apply(columns)).data };
}
