/** `otmix select --test`: how many components the best kind of model needs, by bootstrap tests of k against k + 1. */
import type { BootstrapTests } from '../bootstrap/sequence.js';
import { testedCounts } from '../bootstrap/sequence.js';
import type { Source } from '../data/source.js';
import type { FitOptions } from '../fit/options.js';
import type { Candidate } from '../fit/select.js';
import { counted, percent, significant } from '../report/numbers.js';
import { testJson } from './bootstrap-summary.js';
import { kindOf } from './candidates.js';
import { loadLibrary } from './library.js';
import type { Activity, ProgressView } from './narration.js';
import { invalid } from './parsers.js';
import { textTable } from './table.js';

/** Flags of a test. */
export interface TestFlags {
  readonly test?: true;
  readonly replicates?: number;
  readonly sampleWeight?: string;
}

type FitsAsked = Omit<FitOptions, 'components' | 'family'>;

/** Options of tests as those of fits are; throws `InputError` for flags of fits that no test can have. */
export function testOptions(flags: TestFlags, components: readonly number[], fits: FitsAsked) {
  const { replicates, test, sampleWeight } = flags;
  if (!test) {
    if (replicates === undefined) return undefined;
    throw invalid('--replicates', '--test with it', String(replicates), 'add --test, or leave it out');
  }
  if (sampleWeight !== undefined) {
    throw invalid('--sample-weight', 'no --test with it: samples have no weights', sampleWeight, 'leave it out');
  }
  const { marginal, tolerance: _tolerance, maxIterations: _most, acceleration: _way, ...rest } = fits; // tests have their own
  const free = marginal?.kind === 'free' ? {} : { marginal };
  const options = { ...rest, ...free, restarts: Math.max(5, rest.restarts ?? 1), components };
  testedCounts(options);
  return { ...options, ...(replicates !== undefined && { replicates }) };
}

/** Tests the family of the best. */
export async function testSelection(
  source: Source,
  { family }: Candidate,
  options: NonNullable<ReturnType<typeof testOptions>>,
  { signal, view }: { readonly signal: AbortSignal; readonly view: ProgressView },
): Promise<BootstrapTests> {
  const { bootstrapTests } = await loadLibrary();
  return bootstrapTests(source, {
    ...options,
    family,
    signal,
    onProgress(now) {
      const task = `test of ${now.k} against ${now.k + 1}`;
      const share = now.phase === 'bootstrap' ? now.done / now.replicates : 0;
      const activity: Activity =
        now.phase === 'bootstrap' ? { phase: 'count', what: 'replicates', done: now.done, all: now.replicates } : now;
      view.show(activity, task, (now.test - 1 + share) / now.tests);
    },
  });
}

/** Tests as `--json` has them. */
export function testsJson({ tests, ...rest }: BootstrapTests): Record<string, unknown> {
  return { ...rest, tests: tests.map((test) => testJson(test)) };
}

/** Tests for people. */
export function testsSummary({ tests, k, level, status }: BootstrapTests, best: Candidate): string {
  const heads = ['k', 'against', 'twice the gain', 'samples', 'p'].map((head) => ({ head, right: true }));
  const rows = tests.map((test) => [
    String(test.k),
    String(test.k + 1),
    significant(test.statistic, 4),
    String(test.statistics.length),
    significant(test.pValue, 3),
  ]);
  const ending = status === 'aborted' ? ' They were interrupted.' : '';
  return [
    `\nBootstrap tests of one component more, ${kindOf(best)}, at ${percent(level)}:\n`,
    textTable(heads, rows),
    `They ask for ${counted(k, 'component')}; the lowest criterion has ${best.k}.${ending}\n`,
  ].join('\n');
}
