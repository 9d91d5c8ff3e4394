import { kebab } from '../families/family-names.js';
import { counted, duration, nats, shortened } from '../report/numbers.js';
import type { Candidate, Criterion, Selection } from '../fit/select.js';
import { fitSummary } from './summary.js';
import { fittedTable, textTable, widthOf } from './table.js';

const criteria = ['bic', 'aic', 'icl'] as const satisfies readonly Criterion[];

/** Characters of a family, of which the columns may be many. */
const LONGEST = 48;

/** What tells a candidate from those of as many components: its covariance type, or its family as `--family` has it. */
export function kindOf({ covariance, family }: Pick<Candidate, 'covariance' | 'family'>): string {
  const { factors, ...options } = family.options;
  const own = Object.values(options);
  return covariance ?? factors ?? kebab(family.name) + (own.length > 0 ? `(${own.join(',')})` : '');
}

/** All models that were tried, and the best of them. */
export function selectionSummary(selection: Selection, total: number, seconds: number, width: number): string {
  const { candidates, failures, best, criterion } = selection;
  const left = total - candidates.length - failures.length;
  const ending = left > 0 ? `, then interrupted; ${left} not fitted` : '';
  const opening = `Fitted ${counted(candidates.length, 'mixture')} in ${duration(seconds)}${ending}.\n`;
  const summary = fitSummary(best.fit, best.fit.diagnostics.seconds.fit ?? NaN, width);
  return [opening, candidatesTable(selection, width), `The fit with the lowest ${criterion}:\n${summary}`].join('\n');
}

/** Every model in the order tried, the best marked; in a narrow terminal without the columns least wanted. */
function candidatesTable({ candidates, failures, best, criterion }: Selection, width: number): string {
  const largest = Math.max(...candidates.map(({ fit }) => Math.abs(fit.criteria.bic)));
  const row = (candidate: Candidate): string[] => [
    String(candidate.k),
    shortened(kindOf(candidate), LONGEST),
    ...[...criteria, 'logLikelihood' as const].map((name) => nats(candidate.fit.criteria[name], largest)),
    String(candidate.fit.mixture.parameters),
    statusOf(candidate),
  ];
  const failed = failures.map((failure) => [
    String(failure.k),
    shortened(kindOf(failure), LONGEST),
    ...Array<string>(5).fill('–'),
    'failed',
    '',
  ]);
  const marked = (mark: string): string[][] => [
    ...candidates.map((candidate) => [...row(candidate), candidate === best ? mark : '']),
    ...failed,
  ];
  const others = criteria.filter((name) => name !== criterion);
  const kind = [...candidates, ...failures].every(({ covariance }) => covariance !== undefined)
    ? 'covariance'
    : 'family';
  const wanted = ['k', '', kind, criterion, 'status', ...others, 'log-likelihood', 'parameters'];
  const heads = ['k', kind, ...criteria, 'log-likelihood', 'parameters', 'status', ''].map((head) => ({
    head,
    right: ![kind, 'status', ''].includes(head),
    rank: wanted.indexOf(head),
  }));
  const whole = textTable(heads, marked(`<- lowest ${criterion}`));
  return widthOf(whole) <= width ? whole : fittedTable(heads, marked('<-'), width);
}

function statusOf({ fit }: Candidate): string {
  return fit.collapsed.length > 0 ? 'collapsed' : fit.status === 'maxIterations' ? 'not converged' : fit.status;
}
