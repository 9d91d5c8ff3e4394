/**
 * A family for each column, by what its values are like. The first rule that holds decides.
 *
 * | column                                                             | family                                   |
 * | ------------------------------------------------------------------ | ---------------------------------------- |
 * | more than half its values missing; constant                        | none: it tells little                    |
 * | text: over 1,000 levels, or each there less than twice in the mean | none: an identifier, or free text        |
 * | other text; booleans                                               | categorical                              |
 * | 0 and 1 alone                                                      | bernoulli                                |
 * | whole numbers m, m + 1, … that are there once each                 | none: numbers of rows                    |
 * | up to 12 whole numbers, twice each in the mean, no counts          | categorical: codes, such as 1 to 5       |
 * | counts: variance up to 1.5 times the mean, least value half of it  | poisson                                  |
 * | counts: more variance, least value up to a quarter of the mean     | negative-binomial                        |
 * | amounts                                                            | as real numbers, by the rules below      |
 * | strictly between 0 and 1                                           | beta: shares                             |
 * | > 0, skewness over 1, as spread as a gamma distribution of shape 4 | gamma or log-normal, the likelier        |
 * | others                                                             | gaussian, all such columns together      |
 *
 * **Counts** are whole numbers ≥ 0 whose variance is ⅔ of the mean or more: that of a mixture of Poisson distributions
 * is at least the mean. Where there is more, components may be overdispersed too; a negative binomial includes
 * Poisson's. Up to 12 values are counts if they begin at 0 and could end where they do. Where a Poisson distribution
 * would have 5 rows or more beyond, as of answers from 0 to 3, they are codes. Whole numbers that stay far from 0, such
 * as ages, temperatures or years, are rounded measurements. So are those of over 4,096 kinds. Rules of real numbers go
 * on with both. Little is lost: a Poisson distribution whose mean is over 40 looks Gaussian, while that of a
 * measurement would prescribe a variance.
 *
 * **Amounts**, such as of money, are whole numbers as counts are, also where many are 0. But all are multiples of 2 or
 * more, as 50 or 1,000, or their variance is over 1,000 times their mean while more than half of
 * those above 0 differ. Nothing tells such a count from a real number.
 *
 * **Skewed** columns may be mixtures of symmetric ones. So two signs must agree that values spread by factors. The
 * skewness is over 1, which is strong, and over twice its error √(6/n). And log x̄ − mean log x is over .13, that of a
 * gamma distribution of shape 4, whose skewness is 1. Gamma and log-normal distributions have two parameters each: the
 * larger likelihood is the better BIC.
 */
import { InputError, listed } from '../base/errors.js';
import { logGamma } from '../base/special/gamma.js';
import { MOST_DISTINCT, type ColumnFacts, type LevelFacts, type NumberFacts } from './column-facts.js';
import { IGNORE } from './family-names.js';
import type { FamilyEntry } from './family-text.js';
import { gammaShape } from './likelihood-equations.js';

/** The family of a column, or `ignore`, and why, in a few words. */
export interface ProposedFamily {
  readonly name: string;
  readonly family: string;
  readonly reason: string;
}

export interface Proposal {
  /** What `printFamilies` prints. */
  readonly entries: readonly FamilyEntry[];
  readonly columns: readonly ProposedFamily[];
}

/** A column that lacks more than this share of its values would cost more rows than it could tell apart. */
const MOST_MISSING = 0.5;
const MOST_LEVELS = 1000;
const MOST_CODES = 12;
/** Variance / mean of what may be Poisson’s. */
const UNDERDISPERSED = 2 / 3;
const OVERDISPERSED = 1.5;
/** Least value / mean of counts, of equal variance and of more. */
const HALF = 0.5;
const QUARTER = 0.25;
/** Variance / mean beyond which whole numbers are amounts where more than half of the positive ones differ. */
const AMOUNTS = 1000;
/** So many rows of counts lie beyond the largest of codes. */
const MISSED_ROWS = 5;
const SKEWED = 1;
/** log a − ψ(a) of the shape 4. */
const SPREAD = 0.13;

type Choice = Omit<ProposedFamily, 'name'>;

/** Proposes families for columns. Throws `InputError('option')` where no column is left to have one. */
export function proposeFamilies(facts: readonly ColumnFacts[], where = '--family auto'): Proposal {
  const columns = facts.map((one) => ({ name: one.name, ...choiceFor(one) }));
  const found = [...new Set(columns.map(({ family }) => family))].filter((family) => family !== IGNORE);
  if (found.length === 0) throw nothingLeft(columns, where);
  const entries = [...found, IGNORE].map((family) => ({
    family,
    options: [],
    columns: columns.filter((column) => column.family === family).map(({ name }) => name),
  }));
  return { entries: entries.filter((entry) => entry.columns.length > 0), columns };
}

function choiceFor(facts: ColumnFacts): Choice {
  const { values, missing, distinct } = facts;
  if (values === 0) return ignored('no values');
  if (missing > MOST_MISSING) return ignored(`${Math.round(100 * missing)} % missing`);
  if (distinct === 1) return ignored('constant');
  return facts.kind === 'number' ? ofNumbers(facts) : ofLevels(facts);
}

function ofLevels({ kind, values, distinct }: LevelFacts): Choice {
  if (kind === 'boolean') return { family: 'categorical', reason: 'true or false' };
  if (distinct === values) return ignored('text that differs in every row');
  if (distinct > MOST_LEVELS) return ignored(`text of over ${MOST_LEVELS.toLocaleString('en-US')} levels`);
  if (2 * distinct > values) return ignored('text whose levels come less than twice in the mean');
  return { family: 'categorical', reason: `text of ${distinct} levels` };
}

function ofNumbers(facts: NumberFacts): Choice {
  const { whole, min, max } = facts;
  if (!whole) return ofReals(facts);
  if (min === 0 && max === 1) return { family: 'bernoulli', reason: '0 and 1 alone' };
  if (numbersOfRows(facts)) return ignored('numbers of rows');
  return codes(facts) ?? counts(facts) ?? ofReals(facts);
}

/** Whether whole numbers are m, m + 1, …, once each: their range, mean and variance say so. */
function numbersOfRows({ values, min, max, mean, variance }: NumberFacts): boolean {
  if (values <= MOST_CODES || max - min + 1 !== values) return false;
  const expected = (values * values - 1) / 12;
  return Math.abs(mean - (min + max) / 2) <= 1e-6 * values && Math.abs(variance / expected - 1) <= 1e-6;
}

function codes(facts: NumberFacts): Choice | undefined {
  const { values, distinct, min, mean, variance } = facts;
  if (distinct > MOST_CODES || 2 * distinct > values) return undefined;
  if (min === 0 && variance >= UNDERDISPERSED * mean && rowsBeyond(facts) < MISSED_ROWS) return undefined;
  return { family: 'categorical', reason: `${distinct} whole numbers that are no counts from 0` };
}

/** How many rows of a Poisson distribution of this mean would be larger than all values: n Σ_{x > max} λ^x e^{−λ} / x!. */
function rowsBeyond({ values, mean, max }: NumberFacts): number {
  let term = values * Math.exp((max + 1) * Math.log(mean) - mean - logGamma(max + 2));
  let sum = term;
  for (let x = max + 2; term > 1e-3 * sum; x++) sum += term *= mean / x;
  return sum;
}

function counts(facts: NumberFacts): Choice | undefined {
  const { distinct, min, mean, variance } = facts;
  const ratio = variance / mean;
  if (min < 0 || ratio < UNDERDISPERSED || distinct >= MOST_DISTINCT) return undefined;
  if (min > (ratio <= OVERDISPERSED ? HALF : QUARTER) * mean || areAmounts(facts)) return undefined;
  const reason = `counts whose variance is ${ratio.toPrecision(2)} times their mean`;
  return { family: ratio <= OVERDISPERSED ? 'poisson' : 'negativeBinomial', reason };
}

function areAmounts({ step, values, zeros, distinct, mean, variance }: NumberFacts): boolean {
  const different = zeros > 0 ? distinct - 1 : distinct;
  return step > 1 || (variance > AMOUNTS * mean && 2 * different > values - zeros);
}

function ofReals(facts: NumberFacts): Choice {
  const { values, whole, min, max, mean, skewness, logs } = facts;
  if (min > 0 && max < 1) return { family: 'beta', reason: 'between 0 and 1' };
  const spread = logs ? Math.log(mean) - logs.mean : 0;
  if (!logs || skewness <= Math.max(SKEWED, 2 * Math.sqrt(6 / values)) || spread <= SPREAD) {
    return { family: 'gaussian', reason: whole ? 'whole numbers that are no counts' : 'real numbers' };
  }
  const shape = gammaShape(spread);
  // Mean log-likelihoods of both at their best.
  const gamma = shape * Math.log(shape / mean) - logGamma(shape) + (shape - 1) * logs.mean - shape;
  const logNormal = -logs.mean - 0.5 * Math.log(2 * Math.PI * logs.variance) - 0.5;
  const reason = `positive numbers of skewness ${skewness.toPrecision(2)}`;
  return { family: gamma >= logNormal ? 'gamma' : 'logNormal', reason };
}

function ignored(reason: string): Choice {
  return { family: IGNORE, reason };
}

function nothingLeft(columns: readonly ProposedFamily[], where: string): InputError {
  const reasons = columns.map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`);
  return new InputError('option', {
    where,
    expected: 'columns that differ from row to row and repeat',
    got: columns.length > 0 ? listed(reasons) : 'none',
    remedy: 'name a family and its columns',
  });
}
