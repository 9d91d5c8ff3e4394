import { nestedNumbers, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { ColumnSummary, Components, Nested } from './components.js';
import { levelsRule, probability } from './domains.js';
import { logOf, noBase, type ExponentialFamily } from './exponential-family.js';
import { weighted, type Family, type Filler, type Levels, type Question } from './family.js';
import { linearFamily } from './linear-family.js';
import { categoricalSampler } from './sampling/multinomial.js';

/** Levels of a column that no one named: more are names or notes. And of one that is named. */
const [MANY, MOST] = [1000, 2 ** 16];

/** What must be known of a column that no one named, and of one that is. */
const question: Question = {
  most: MANY,
  of: 'levels',
  remedy: 'name the column, as in categorical:NAME, leave it out, or give it a family of numbers',
};
const questionOfNamed: Question = {
  ...question,
  most: MOST,
  remedy: 'leave the column out, or give it a family of numbers',
};

/**
 * Levels of probabilities p: log p(x | p) = log p_x. T = the unit vector of x, η = log p, A = 0. `levels`: what they are;
 * default 0 … count − 1.
 */
export function categoricalDistribution(
  count: number,
  levels: Levels = Array.from({ length: count }, (_, x) => x),
): ExponentialFamily {
  const places = new Map(Array.from(levels, (level, place): [number | string, number] => [level, place]));
  const valueOf = (place: number): number => (typeof levels[place] === 'number' ? levels[place] : place);
  return {
    name: 'categorical',
    columns: 1,
    domain: levelsRule(levels),
    support: 'levels',
    parameters: { probabilities: count },
    free: count - 1,
    width: count,
    levels: count,
    // A column that holds numbers alone may be one of text elsewhere, where others join them.
    level: (x) => places.get(x) ?? places.get(typeof x === 'number' ? String(x) : numberOf(x)) ?? -1,
    statistic([x], into) {
      into.fill(0);
      into[places.get(x) ?? x] = 1;
    },
    logBase: noBase,
    natural(probabilities, into) {
      into.set(probabilities.map(logOf));
      return 0;
    },
    fit: normalized,
    expectation: (theta) => theta.slice(),
    variance: (theta) => theta.map((p) => p * (1 - p)),
    summary: (theta) => summaryOf(theta, (_, place) => valueOf(place)),
  };
}

/** The number that a text spells; NaN, which is no level, of one that spells none. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

/** Shares of a sum; all alike where there is none. */
export function normalized(values: Float64Array): Float64Array {
  const sum = values.reduce((all, value) => all + value, 0);
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length));
}

/** Mean and variance of values with these probabilities. */
export function summaryOf(probabilities: Float64Array, valueOf: (p: number, level: number) => number): ColumnSummary {
  const values = probabilities.map(valueOf);
  const mean = values.reduce((sum, value, level) => sum + probabilities[level] * value, 0);
  return { mean, variance: values.reduce((sum, value, level) => sum + probabilities[level] * (value - mean) ** 2, 0) };
}

/**
 * The family whose columns are levels, with a probability each: log p(x | p) = Σ_j log p_{j, x_j}. On all columns of a
 * table this is latent class analysis. Levels are those of the data that it is fitted to, up to 1,000 a column, or up to
 * 65,536 where a product names the column.
 */
export function categorical(): Family {
  return ofLevels([]);
}

/** How columns of levels are: whether values may be missing, and whether the caller named each. */
interface Kind {
  readonly gaps?: boolean;
  readonly named?: boolean;
}

function ofLevels(levels: readonly Levels[], kind: Kind = {}): Family {
  const { gaps = false, named = false } = kind;
  const blocks = levels.map((own) => categoricalDistribution(own.length, own));
  const family = linearFamily({
    name: 'categorical',
    words: ['latent classes', 'latent class'],
    gaps,
    blocks: () => blocks,
    rules: { probabilities: probability },
    draws(theta) {
      const draw = categoricalSampler(theta);
      return (numbers, into) => void (into[0] = draw(numbers));
    },
  });
  return {
    ...family,
    survey: {
      question: () => (named ? questionOfNamed : question),
      adapted: (found) => ofLevels(found, kind),
    },
    forNamed: () => ofLevels(levels, { ...kind, named: true }),
    ...(!gaps && { withGaps: () => ofLevels(levels, { ...kind, gaps: true }) }),
    ...(levels.length > 0 && { levels }),
    sampler: (components) => {
      const draw = family.sampler(components);
      return (labels, random, data) => {
        draw(labels, random, data);
        // Where levels are numbers, samples have these.
        for (let at = 0; at < data.length; at++) {
          const level = levels[at % levels.length][data[at]];
          if (typeof level === 'number') data[at] = level;
        }
      };
    },
    filler: ({ arrays, k }) =>
      likeliestLevels(
        byColumn(
          arrays.probabilities.values,
          k,
          blocks.map(({ width }) => width),
        ),
      ),
    toParameters: ({ arrays, k }) => ({
      probabilities: byColumn(
        arrays.probabilities.values,
        k,
        blocks.map(({ width }) => width),
      ),
    }),
    fromParameters: ({ probabilities }, where) =>
      ofColumns(
        probabilities,
        blocks.map(({ width }) => width),
        where,
      ),
  };
}

/** The index of the likeliest level, the first of equals, of probabilities `[column][k][level]`. */
function likeliestLevels(probabilities: readonly (readonly (readonly number[])[])[]): Filler {
  return (row, shares) => {
    for (const [j, own] of probabilities.entries()) {
      if (!Number.isNaN(row[j])) continue;
      const all = own[0].map((_, level) => weighted(shares, (c) => own[c][level]));
      row[j] = all.indexOf(Math.max(...all));
    }
  };
}

/** `[column][k][level]` of `[k, Σ levels]`. */
function byColumn(values: Float64Array, k: number, counts: readonly number[]): number[][][] {
  const width = values.length / k;
  let first = 0;
  return counts.map((count) => {
    const from = first;
    first += count;
    return Array.from({ length: k }, (_, c) => Array.from(values.subarray(c * width + from, c * width + from + count)));
  });
}

/** Components of `[column][k][level]`; throws `InputError` where these are no probabilities of the columns' levels. */
function ofColumns(given: Nested, counts: readonly number[], where: string): Components {
  const columns = Array.isArray(given) ? (given as readonly Nested[]) : [];
  if (columns.length !== counts.length) throw misshapen(where, `an array of ${counts.length} columns`, given);
  const parts = counts.map((count, j) => {
    const { values, shape } = nestedNumbers(columns[j], `${where}: probabilities[${j}]`, probability);
    if (shape.length !== 2 || shape[1] !== count)
      throw misshapen(`${where}[${j}]`, `an array [k][${count}]`, columns[j]);
    return values;
  });
  const k = parts[0].length / counts[0];
  const width = counts.reduce((sum, count) => sum + count, 0);
  const values = Float64Array.from(
    Array.from({ length: k }, (_, c) =>
      parts.flatMap((part, j) => Array.from(normalized(part.subarray(c * counts[j], (c + 1) * counts[j])))),
    ).flat(),
  );
  if (values.length !== k * width) throw misshapen(where, `an array [${k}] in every column`, given);
  return { k, d: counts.length, arrays: { probabilities: { shape: [k, width], values } } };
}

function misshapen(where: string, expected: string, given: unknown): InputError {
  const remedy = 'give probabilities [column][k][level] of the levels that the data have';
  return new InputError('shape', { where: `${where}: probabilities`, expected, got: shown(given), remedy });
}
