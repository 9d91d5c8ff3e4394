import { invalid, isList, requireInteger } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { DataInput } from '../data/dataset.js';
import { bootstrapTest, type BootstrapTest } from './likelihood-ratio.js';
import type { BootstrapProgress } from './options.js';
import { pairSettings, type BootstrapTestOptions } from './test-options.js';

/** How far a sequence of tests is: which number of components is tested, and how many tests there are at the most. */
export type BootstrapTestsProgress = BootstrapProgress & {
  readonly k: number;
  readonly test: number;
  readonly tests: number;
};

/** Options of `bootstrapTests`; all others are those of `bootstrapTest`. */
export interface BootstrapTestsOptions extends Omit<BootstrapTestOptions, 'components' | 'onProgress'> {
  /** Numbers of components; each that is followed by one more is tested against it. */
  readonly components: readonly number[];
  /** A p value above it ends the sequence; default .05. */
  readonly level?: number;
  /** Called as fits and replicates go on. */
  readonly onProgress?: (progress: BootstrapTestsProgress) => void;
}

/** The result of `bootstrapTests`. */
export interface BootstrapTests {
  /** In the order of k, as far as the sequence went. */
  readonly tests: readonly BootstrapTest[];
  /** The least number of components that was not refused: that of the last test, or one more where all were refused. */
  readonly k: number;
  readonly level: number;
  /** 'aborted' where the sequence, or its last test, was not made to the end. */
  readonly status: 'complete' | 'aborted';
}

/**
 * Tests k components against k + 1 from the least k on, until one is not refused (McLachlan 1987; the sequence is that of
 * mclust: Scrucca et al. 2016, R J. 8). Throws as `bootstrapTest` does, and `InputError('option')` where no two numbers of
 * components follow each other. Aborting keeps the tests that are made.
 */
export async function bootstrapTests(data: DataInput, options: BootstrapTestsOptions): Promise<BootstrapTests> {
  const { level = 0.05, onProgress, ...rest } = options;
  const tested = testedCounts(options);
  const tests: BootstrapTest[] = [];
  try {
    for (const [at, k] of tested.entries()) {
      const place = { k, test: at + 1, tests: tested.length };
      const told = onProgress && { onProgress: (now: BootstrapProgress) => onProgress({ ...now, ...place }) };
      const test = await bootstrapTest(data, { ...rest, ...told, components: k });
      tests.push(test);
      if (test.pValue > level || test.status === 'aborted') break;
    }
  } catch (error) {
    if (!options.signal?.aborted || tests.length === 0) throw error;
  }
  const last = tests[tests.length - 1];
  const isRefused = last.pValue <= level;
  const isWhole = last.status === 'complete' && (!isRefused || tests.length === tested.length);
  return { tests, k: isRefused ? last.k + 1 : last.k, level, status: isWhole ? 'complete' : 'aborted' };
}

/** The numbers of components that are tested, from the least on; throws `InputError('option')` for options of no test. */
export function testedCounts({ level = 0.05, ...options }: Omit<BootstrapTestsOptions, 'onProgress'>): number[] {
  const counts = isList(options.components) ? Array.from(options.components) : [];
  counts.forEach((k, at) => requireInteger(`components[${at}]`, k, 1));
  if (!(typeof level === 'number' && level > 0 && level < 1)) throw invalid('level', 'a number between 0 and 1', level);
  const tested = [...new Set(counts)].filter((k) => counts.includes(k + 1)).sort((one, other) => one - other);
  if (tested.length === 0) {
    throw new InputError('option', {
      where: 'components',
      expected: 'numbers of which some follow each other, as 1 and 2 do',
      got: `[${counts.join(', ')}]`,
      remedy: 'give a range of them',
    });
  }
  pairSettings({ ...options, components: tested[0] });
  return tested;
}
