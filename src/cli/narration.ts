import type { Progress } from '../fit/options.js';
import { count, fixed, significant } from '../report/numbers.js';

/** What a command is doing now: what fits report, writing rows, and something whose parts are counted. */
export type Activity =
  | Progress
  | { readonly phase: 'write'; readonly rows: number; readonly totalRows?: number }
  | { readonly phase: 'count'; readonly what: string; readonly done: number; readonly all: number };

/** Tells a user how far a command is. */
export interface ProgressView {
  /** `task` says which of several fits. */
  readonly show: (activity: Activity, task?: string) => void;
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
 * restarts may be under way at once.
 */
export function narrator(): (activity: Activity, task?: string) => Stage {
  const last = new Map<number | undefined, Progress>();
  return (activity, task) => {
    if (activity.phase === 'load') last.clear(); // another fit
    const { text, done } = stageOf(activity, last);
    if (activity.phase === 'fit') last.set(activity.restart, activity);
    const whole = task === undefined ? text : `${task}: ${text}`;
    return done === undefined ? { text: whole } : { text: whole, done: Math.min(1, done) };
  };
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
