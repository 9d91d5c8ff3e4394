import type { Dataset } from './dataset.js';
import { expectationMaximization, type EmIteration, type EmProblem, type EmRun } from './em.js';
import { InputError } from './errors.js';
import type { Components } from './families/family.js';
import type { FitSettings, GivenStart, Progress } from './options.js';
import { seededRandom } from './random.js';
import { logVolume } from './scaling.js';
import { columnVariances } from './seeding/columns.js';
import { seed, type Start } from './seeding/start.js';
import type { Stopwatch } from './stopwatch.js';
import { marginalSolver } from './transport/marginal.js';
import { temperatures } from './transport/temperature.js';

/** Runs EM from every start. Aborting keeps the runs that have begun; before the first has, it throws. */
export async function runRestarts(dataset: Dataset, settings: FitSettings, watch: Stopwatch): Promise<EmRun[]> {
  const { shard, scaling } = dataset;
  const { restarts, maxIterations, signal, onProgress, regularization } = settings;
  const problem = {
    ...settings,
    shard,
    marginal: marginalSolver(settings.marginal, settings.components),
    temperatures: temperatures(settings.epsilon),
    regularization: scaling.scale.map((scale) => regularization / scale ** 2),
  };
  const starts = await watch.time('seed', () => startsOf(dataset, settings, problem));
  const runs: EmRun[] = [];
  for (let restart = 0; restart < restarts; restart++) {
    const progress = { restart: restart + 1, restarts, maxIterations };
    const onIteration = (done: EmIteration): void =>
      onProgress?.({ phase: 'fit', ...progress, ...progressOf(done, dataset, settings) });
    try {
      onProgress?.({ phase: 'seed', ...progress });
      const start = await watch.time('seed', () => starts(restart));
      runs.push(await watch.time('fit', () => expectationMaximization({ ...problem, onIteration }, start)));
    } catch (error) {
      if (!signal?.aborted || runs.length === 0) throw error;
    }
    if (signal?.aborted) break;
  }
  return runs;
}

/** An iteration as users see it: in the data's units. */
function progressOf(done: EmIteration, { scaling }: Dataset, { family }: FitSettings): Partial<Progress> {
  const { iteration, epsilon, objective, components, weights } = done;
  const model = (): GivenStart => ({
    weights: Array.from(weights),
    ...family.toDense(family.unscale(components, scaling)),
  });
  return { iteration, epsilon, objective: objective + logVolume(scaling), model };
}

/** The start of each restart, in the shard's coordinates. */
async function startsOf(
  { shard, scaling }: Dataset,
  settings: FitSettings,
  { regularization }: Pick<EmProblem, 'regularization'>,
): Promise<(restart: number) => Promise<Start>> {
  const { seeding, family, signal } = settings;
  if (typeof seeding === 'object') {
    const components = family.toScaled(givenComponents(seeding, settings, shard.d), scaling);
    return () => Promise.resolve({ weights: Float64Array.from(seeding.weights), components });
  }
  const own = await columnVariances(shard, signal);
  const mean = own.reduce((sum, variance) => sum + variance, 0) / own.length;
  const variances = family.commonScale ? own.fill(mean) : own;
  return (restart) => {
    const random = seededRandom(settings.seed, restart);
    const problem = { shard, k: settings.components, variances, random, signal };
    return seed(seeding, problem, family, regularization).then((start) => inOrder(start, settings));
  };
}

/**
 * Which component has which of the prescribed proportions is not for chance to say: the larger of the clusters that
 * seeding found get the larger ones. A start the user gives stays in its order.
 */
function inOrder(start: Start, { marginal, family }: FitSettings): Start {
  if (marginal.kind === 'free' || new Set(marginal.weights).size === 1) return start;
  const falling = (weights: ArrayLike<number>): number[] =>
    Array.from(weights, (_, k) => k).sort((a, b) => weights[b] - weights[a] || a - b);
  const from = falling(start.weights);
  const order: number[] = [];
  for (const [rank, k] of falling(marginal.weights).entries()) order[k] = from[rank];
  const { means, covariances } = family.toDense(start.components);
  const dense = { means: order.map((k) => means[k]), covariances: order.map((k) => covariances[k]) };
  return {
    weights: Float64Array.from(order, (k) => start.weights[k]),
    components: family.fromDense(dense, 'seeding'),
  };
}

function givenComponents(start: GivenStart, { family, components: k }: FitSettings, d: number): Components {
  const components = family.fromDense(start, 'seeding');
  if (components.k === k && components.d === d) return components;
  throw new InputError('shape', {
    where: 'seeding',
    expected: `means [${k}][${d}] and covariances [${k}][${d}][${d}]`,
    got: `${components.k} components in ${components.d} dimensions`,
    remedy: 'give a start that fits components and data',
  });
}

/**
 * The run with the lowest objective. One whose components still needed a ridge wins only over its like: a component
 * that collapses on a few rows has a likelihood without bound, which says nothing.
 */
export function bestOf(runs: readonly EmRun[]): EmRun {
  return runs.reduce((best, run) => {
    if (best.ridged !== run.ridged) return best.ridged ? run : best;
    return run.finalObjective < best.finalObjective ? run : best;
  });
}
