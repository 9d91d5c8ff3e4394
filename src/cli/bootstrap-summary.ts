import { version } from '../base/version.js';
import type { BootstrapTest } from '../bootstrap/likelihood-ratio.js';
import type { Bootstrap, ParameterInterval } from '../bootstrap/result.js';
import { counted, duration, nats, percent, shortened, significant } from '../report/numbers.js';
import { textTable } from './table.js';

/** Rows of the table of parameters at the most. */
const MOST = 100;
/** A gain over all rows, nats, from which on parameters have moved by some tenths of their standard errors. */
const OFF = 0.05;

/** Standard errors and intervals as `--json` prints them. */
export function intervalsJson(found: Bootstrap, seconds: number): Record<string, unknown> {
  const { mixture, replicates, asked, failures, level, status, gain, parameters } = found;
  return {
    k: mixture.k,
    d: mixture.d,
    columns: mixture.columns,
    family: mixture.family.name,
    ...mixture.family.options,
    level,
    replicates: replicates.length,
    ...{ asked, failures, status, gain, parameters },
    seconds: { total: seconds },
    version,
  };
}

/** A test as `--json` has it. */
export function testJson({ fits, statistics, ...test }: BootstrapTest): Record<string, unknown> {
  const [one, other] = fits.map(({ criteria }) => criteria.logLikelihood);
  return { ...test, replicates: statistics.length, logLikelihoods: [one, other], statistics };
}

/** Standard errors and intervals for people. */
export function intervalsSummary(found: Bootstrap, seconds: number): string {
  const { mixture, replicates, gain, level, parameters } = found;
  const opening = `${counted(replicates.length, 'replicate')} of ${mixture.family.describe(mixture.k)} in ${duration(seconds)}${endingOf(found, replicates.length)}.\n`;
  const rows = mixture.provenance?.rows ?? 0;
  const moved =
    gain * rows > OFF ? `Fitting on to the optimum of these rows gained ${significant(gain, 2)} nats per row.\n` : '';
  const shown = parameters.slice(0, MOST);
  const more = parameters.length - shown.length;
  const rest = more > 0 ? `and ${counted(more, 'parameter')} more: see --json\n` : '';
  return `${opening}${moved}\n${intervalsTable(shown, mixture.k, level)}${rest}`;
}

function intervalsTable(parameters: readonly ParameterInterval[], k: number, level: number): string {
  const left = ['component', 'parameter'].map((head) => ({ head }));
  const right = ['estimate', 'standard error', 'from', 'to'].map((head) => ({ head, right: true }));
  const rows = parameters.map(({ component, estimate, standardError, lower, upper, ...parameter }) => [
    component === k ? 'noise' : String(component),
    nameOf(parameter),
    ...[estimate, standardError, lower, upper].map((value) => significant(value, 4)),
  ]);
  const interval = `${significant(level * 100, 3).replace(/\.0$/, '')} % intervals, from and to: quantiles of the replicates.\n`;
  return `${textTable([...left, ...right], rows)}${interval}`;
}

/** A parameter in words, as in `means of a` and `probabilities of region: north`. */
function nameOf({ parameter, columns, level }: Pick<ParameterInterval, 'parameter' | 'columns' | 'level'>): string {
  if (columns.length === 0) return parameter;
  const names = columns.map((name) => shortened(name, 24)).join(', ');
  return `${parameter} of ${names}${level === undefined ? '' : `: ${shortened(String(level), 16)}`}`;
}

/** A test for people. */
export function testSummary(found: BootstrapTest, seconds: number): string {
  const { k, statistic, pValue, statistics, fits } = found;
  const [one, other] = fits.map(({ criteria }) => nats(criteria.logLikelihood));
  const above = statistics.filter((value) => value >= statistic).length;
  return [
    `${counted(k, 'component')} against ${k + 1}, by ${counted(statistics.length, 'sample')} of ${k} in ${duration(seconds)}${endingOf(found, statistics.length)}.\n`,
    `Twice the gain of log-likelihood, from ${one} to ${other}, is ${significant(statistic, 4)}.`,
    `${counted(above, 'sample')} of ${statistics.length} (${percent(above / statistics.length)}) gained as much: p = ${significant(pValue, 3)}.\n`,
  ].join('\n');
}

/** How replicates ended that say nothing. */
function endingOf({ asked, failures, status }: Pick<Bootstrap, 'asked' | 'failures' | 'status'>, made: number): string {
  const [first] = failures;
  const failed = first ? `; ${failures.length} failed, the first of them: ${first.reason}` : '';
  const left = asked - made - failures.length;
  return `${failed}${status === 'aborted' ? `, then interrupted; ${left} not made` : ''}`;
}
