import type { Progress } from '../fit/options.js';
import type { SelectProgress } from '../fit/select.js';
import { count, fixed, significant } from '../report/numbers.js';

/** What a command is doing now: what fits report, writing rows, and something whose parts are counted. */
export type Activity =
  | Progress
  | { readonly phase: 'write'; readonly rows: number; readonly totalRows?: number }
  | { readonly phase: 'count'; readonly what: string; readonly done: number; readonly all: number };

/** Tells a user how far a command is. */
export interface ProgressView {
  /** `task` says which of several fits, `share` how much of all of them is done, from 0 to 1. */
  readonly show: (activity: Activity, task?: string, share?: number) => void;
  /** Removes what should not stay. */
  readonly stop: () => void;
}

/** An activity in words, and how much of it is done where that is known, from 0 to 1. */
export interface Stage {
  readonly text: string;
  readonly done?: number;
}

/**
 * Puts activities into words. The last iteration of each restart is remembered, to tell the gain of the next; several
 * restarts, and fits, may be under way at once.
 */
export function narrator(): (activity: Activity, task?: string, share?: number) => Stage {
  const fits = new Map<string | undefined, Map<number | undefined, Progress>>();
  return (activity, task, share) => {
    const before = activity.phase === 'load' ? undefined : fits.get(task);
    const last = before ?? new Map<number | undefined, Progress>();
    fits.set(task, last);
    const stage = stageOf(activity, last);
    if (activity.phase === 'fit') last.set(activity.restart, activity);
    const text = task === undefined ? stage.text : `${task}: ${stage.text}`;
    const done = share ?? stage.done;
    return done === undefined ? { text } : { text, done: Math.min(1, done) };
  };
}

/** How much of a selection is done, from 0 to 1, and never less than before: a fit by its iterations, all fits alike. */
export function selectionShare(): (progress: SelectProgress) => number {
  const shares = new Map<number, number>();
  let sum = 0;
  return (progress) => {
    const { candidate, candidates, finished } = progress;
    const before = shares.get(candidate) ?? 0;
    const now = Math.max(before, fitShare(progress));
    shares.set(candidate, now);
    sum += now - before;
    return Math.max(finished, sum) / candidates;
  };
}

/** How much of a fit is done at least, if its restarts come one after the other. */
function fitShare({ phase, restart = 1, restarts = 1, iteration = 0, maxIterations = 0 }: Progress): number {
  if (phase === 'score') return 1;
  if (phase !== 'fit' || maxIterations === 0) return 0;
  return (restart - 1 + iteration / maxIterations) / restarts;
}

/** What a narrow terminal can do without, the first first. */
const spare = [/, gain [^,]*/, /, objective [^,]*/, /restart [^,]*, /, /^fit [^:]*: /, /, ε .*/];

/** A stage's text in at most so many characters: what tells how far it is goes last. */
export function fittedText(text: string, room: number): string {
  let fitted = text;
  for (const part of spare) if (fitted.length > room) fitted = fitted.replace(part, '');
  return fitted.slice(0, Math.max(0, room));
}

function stageOf(activity: Activity, last: ReadonlyMap<number | undefined, Progress>): Stage {
  switch (activity.phase) {
    case 'load':
      return rowsStage('reading', activity);
    case 'write':
      return rowsStage('writing', activity);
    case 'count':
      return { text: `${activity.what} ${activity.done}/${activity.all}`, done: activity.done / activity.all };
    case 'seed':
      return { text: `${restartPhrase(activity)}seeding` };
    case 'fit':
      return fitStage(activity, last.get(activity.restart));
    case 'score':
      return { text: 'scoring' };
    default:
      return activity satisfies never;
  }
}

function rowsStage(verb: string, { rows = 0, totalRows }: Pick<Progress, 'rows' | 'totalRows'>): Stage {
  if (totalRows === undefined) return { text: `${verb}, ${count(rows)} rows` };
  return { text: `${verb}, ${count(rows)} of ${count(totalRows)} rows`, done: rows / totalRows };
}

function fitStage(progress: Progress, last: Progress | undefined): Stage {
  const { iteration = 0, maxIterations = iteration, objective = NaN, epsilon = 1 } = progress;
  const gain = last?.iteration === iteration - 1 ? `, gain ${significant((last.objective ?? NaN) - objective, 2)}` : '';
  const temperature = epsilon === 1 ? '' : `, ε ${significant(epsilon, 3)}`;
  return {
    text: `${restartPhrase(progress)}iteration ${iteration}/${maxIterations}, objective ${fixed(objective, 6)}${gain}${temperature}`,
    done: iteration / maxIterations,
  };
}

function restartPhrase({ restart = 1, restarts = 1 }: Progress): string {
  return restarts > 1 ? `restart ${restart}/${restarts}, ` : '';
}
