/** Several starts for each restart, the best of which go on, round after round. */
import { bestOf, bestSome } from './best.js';
import { runJobs, type Job } from './concurrent.js';
import { kept, startOf, type Fitting } from './fitting.js';
import { expectationMaximization, type EmProblem, type EmRun } from '../em/em.js';
import { goOn } from './go-on.js';
import type { Contest } from './strategies.js';
import type { BorrowedShard } from '../sweep/shard.js';

/** A start of a restart, by its number among all starts of the fit. */
interface Entrant {
  readonly restart: number;
  readonly index: number;
}

/** What it has come to. */
interface Contender extends Entrant {
  readonly run: EmRun;
}

/** What a restart goes on from: the best of its contenders, its sweeps those of all. */
export interface Winner {
  readonly restart: number;
  readonly best: EmRun;
}

/** The winner of each restart; of an aborted fit, of those restarts that have one. Before any has, aborting throws. */
export async function contested(fitting: Fitting, contest: Contest, restarts: readonly number[]): Promise<Winner[]> {
  const { problem, lanes } = fitting;
  const [first, ...rounds] = contest.rounds;
  const entrants = restarts.flatMap((restart) =>
    Array.from({ length: first.runs }, (_, number): Entrant => ({ restart, index: restart * first.runs + number })),
  );
  const starts = entrants.map((one) => firstRound(fitting, contest, one));
  let field = await runJobs(starts, lanes);
  for (const [at, { runs, iterations }] of rounds.entries()) {
    if (problem.signal?.aborted) break;
    const leading = restarts.flatMap((restart) => leaders(field, restart, runs));
    const jobs = leading.map((one) => laterRound(fitting, one, { round: at + 1, iterations }));
    const further = new Map((await runJobs(jobs, lanes)).map((one) => [one.index, one]));
    field = field.map((one) => further.get(one.index) ?? one);
  }
  return restarts.flatMap((restart) => {
    const own = runsOf(field, restart);
    return own.length > 0 ? [{ restart, best: winner(own, problem.signal) }] : [];
  });
}

function runsOf(field: readonly Contender[], restart: number): EmRun[] {
  return field.filter((one) => one.restart === restart).map(({ run }) => run);
}

/** So many contenders of a restart, the best. */
function leaders(field: readonly Contender[], restart: number, most: number): Contender[] {
  const best = bestSome(runsOf(field, restart), most);
  return field.filter(({ run }) => best.includes(run));
}

function winner(runs: readonly EmRun[], signal?: AbortSignal): EmRun {
  const best = bestOf(runs);
  const sweeps = runs.reduce((sum, run) => sum + run.sweeps, 0);
  return { ...best, status: signal?.aborted ? 'aborted' : best.status, sweeps };
}

/** From a start as many iterations as the first round has. */
function firstRound(fitting: Fitting, { rounds: [first], firstBy }: Contest, one: Entrant): Job<Contender> {
  const { restart, index } = one;
  const number = index - restart * first.runs;
  const seeding = firstBy && number < firstBy.starts ? firstBy.seeding : undefined;
  return async (shard) => {
    const run = await kept(fitting, `short run ${index}`, async (keeper) => {
      const asked = { restart, index, first: number === 0, seeding };
      const from = keeper?.saved ?? (await startOf(fitting, asked, shard));
      return expectationMaximization({ ...quiet(fitting, shard, first.iterations), kept: keeper }, from);
    });
    return { ...one, run };
  };
}

/** Goes on by as many iterations as a later round has, where F has not stopped falling. */
function laterRound(
  fitting: Fitting,
  one: Contender,
  { round, iterations }: { readonly round: number; readonly iterations: number },
): Job<Contender> {
  const { run: before, index } = one;
  const done = before.objective.length;
  if (before.status !== 'maxIterations' || done >= fitting.problem.maxIterations) return () => Promise.resolve(one);
  return async (shard) => {
    const run = await kept(fitting, `round ${round} of short run ${index}`, (keeper) =>
      goOn({ ...quiet(fitting, shard, done + iterations), kept: keeper }, before),
    );
    return { ...one, run };
  };
}

/** A few iterations of the first stage, of which nobody is told, and a judgement. */
function quiet({ problem, dataset }: Fitting, shard: BorrowedShard, iterations: number): EmProblem {
  const { onIteration: _, stages, maxIterations, ...rest } = problem;
  const judgedRows = dataset.effectiveRows;
  return { ...rest, shard, judgedRows, stages: stages.slice(0, 1), maxIterations: Math.min(iterations, maxIterations) };
}
