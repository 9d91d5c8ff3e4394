/** Split and merge moves (Ueda, Nakano, Ghahramani & Hinton 2000, Neural Computation 12). */
import { bestOf } from '../best.js';
import { runJobs, type Job } from '../concurrent.js';
import type { Winner } from '../contest.js';
import { kept, startOf, type Fitting } from '../fitting.js';
import { goOn } from '../go-on.js';
import { expectationMaximization, type EmProblem, type EmRun } from '../../em/em.js';
import type { Start } from '../../seeding/start.js';
import type { BorrowedShard } from '../../sweep/shard.js';
import { Groups } from './groups.js';
import { after, movesOf } from './propose.js';

/** Rounds of moves at the most. */
const ROUNDS = 20;
/** Moves that are tried in a round, and iterations of each before the best goes on. */
const TRIALS = 3;
const ITERATIONS = 10;
/** Gains, nats, under which a mixture has settled as far as moves go by it. */
const SETTLED = 1e-5;

/**
 * The winner of each restart: EM from its start, and then moves, each of which splits a component and merges two others.
 * In a round the most promising ones are tried; the best goes on, and takes the mixture's place if it is judged better.
 * The restart ends with the round in which none is. Its trace is that since the last move, its sweeps are those of all.
 */
export function moved(fitting: Fitting, restarts: readonly number[]): Promise<Winner[]> {
  const jobs = restarts.map((restart): Job<Winner> => async (shard) => ({
    restart,
    best: await settledBest(fitting, restart, shard),
  }));
  return runJobs(jobs, fitting.lanes);
}

async function settledBest(fitting: Fitting, restart: number, shard: BorrowedShard): Promise<EmRun> {
  const problem = quiet(fitting, shard);
  const { signal } = problem;
  let best = await kept(fitting, `run ${restart} before moves`, async (keeper) => {
    const from = keeper?.saved ?? (await startOf(fitting, { restart, index: restart, first: true }, shard));
    return expectationMaximization({ ...problem, kept: keeper }, from);
  });
  let { sweeps } = best;
  const aborted = (): EmRun => ({ ...best, sweeps, status: 'aborted' });
  try {
    for (let round = 0; round < ROUNDS && !signal?.aborted; round++) {
      const starts = await promising(fitting, best, { shard, number: restart * ROUNDS + round });
      const trials: EmRun[] = [];
      for (const [at, start] of starts.entries()) {
        const name = `move ${at} of round ${round} of run ${restart}`;
        const short = { ...problem, maxIterations: Math.min(ITERATIONS, problem.maxIterations) };
        trials.push(
          await kept(fitting, name, (keeper) =>
            expectationMaximization({ ...short, kept: keeper }, keeper?.saved ?? start),
          ),
        );
      }
      sweeps += trials.reduce((sum, one) => sum + one.sweeps, 0);
      if (signal?.aborted) break;
      const trial = trials.length > 0 ? bestOf(trials) : undefined;
      if (!trial || !isBetter(trial, best, problem)) break;
      const settled = await kept(fitting, `round ${round} of run ${restart}`, (keeper) =>
        goOn({ ...problem, kept: keeper }, trial),
      );
      sweeps += settled.sweeps - trial.sweeps;
      if (!isBetter(settled, best, problem)) break;
      best = settled;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  return signal?.aborted ? aborted() : { ...best, sweeps };
}

/** By more than would be a gain of an iteration. */
function isBetter(one: EmRun, other: EmRun, { tolerance }: EmProblem): boolean {
  return (one.judged ?? Infinity) < (other.judged ?? Infinity) - tolerance;
}

/** EM until it has settled, of which nobody is told, and a judgement. */
function quiet({ problem, dataset }: Fitting, shard: BorrowedShard): EmProblem {
  const { onIteration: _, ...rest } = problem;
  return { ...rest, shard, judgedRows: dataset.effectiveRows, tolerance: Math.max(problem.tolerance, SETTLED) };
}

/** Where the moves lead that promise most. */
async function promising(
  { dataset, settings, problem }: Fitting,
  mixture: Start,
  { shard, number }: { readonly shard: BorrowedShard; readonly number: number },
): Promise<Start[]> {
  const groups = await Groups.of(
    { dataset, settings, regularization: problem.regularization },
    { mixture, shard, number },
  );
  const moves = await movesOf(groups);
  return moves.slice(0, TRIALS).map((move) => after(mixture, move));
}
