import type { Dataset } from '../data/dataset.js';
import type { EmRun } from '../em/em.js';
import { listed } from '../base/errors.js';
import { picked } from '../families/components.js';
import { VARIANCE_FLOOR } from '../families/covariance.js';
import { sweptSpread, type Repair } from '../families/family.js';
import type { AddedShare } from '../families/narrow.js';
import type { FitSettings } from './options.js';
import { regularizationOf } from './regularization.js';

/** What is to be known of a fit before believing its numbers. */
export interface Findings {
  /** Components that collapsed on a few rows, ascending: likelihoods and criteria say nothing of them. */
  readonly collapsed: readonly number[];
  /** A sentence each. */
  readonly notes: readonly string[];
}

/** A share of a variance from which on regularization decides, and one from which on nothing else does. */
const DECIDES = 0.01;
const ALL_THERE_IS = 0.99;
/** Components with many equal rows that are told of one by one. */
const MOST = 5;

/** Looks at the components that a run ended with: which collapsed, which are points, which are one and the same. */
export function findingsOf(run: EmRun, dataset: Dataset, settings: FitSettings): Findings {
  const { family } = settings;
  const packed = run.plan.model.components;
  const { k } = run.components;
  const constant = dataset.swept.map((name) => dataset.constant.includes(name));
  // A constant column is as wide as regularization makes it, which is said elsewhere.
  const added = regularizationOf(settings.regularization, dataset).map((value, j) => (constant[j] ? 0 : value));
  const { shared, shares } = family.addedShares(packed, added);
  const rowsOf = (c: number): number => (shared ? 1 : run.plan.mass[c]) * dataset.effectiveRows;
  const narrow = Array.from(shares.keys()).filter(
    (c) => shares[c].share > ALL_THERE_IS || run.ridgedComponents.includes(c),
  );
  const varies = constant.includes(false);
  // As many rows as the prior of the judge counts for.
  const few = varies ? narrow.filter((c) => rowsOf(c) <= 2 * dataset.columns.length + 4) : [];
  const many = varies ? narrow.filter((c) => !few.includes(c)) : [];
  return {
    collapsed: shared && few.length > 0 ? Array.from({ length: k }, (_, c) => c) : few,
    notes: [
      ...collapsedNote(few, rowsOf, shared),
      ...pointNotes(many, { run, dataset, settings, added, constant, rowsOf, shared }),
      ...regularizationNote(shares, dataset, settings, shared),
      ...coincidentNote(family.coincident(packed, run.components), k, settings, worst(shares).share),
    ],
  };
}

function collapsedNote(few: readonly number[], rowsOf: (c: number) => number, shared: boolean): string[] {
  if (few.length === 0) return [];
  const where = listed(few.map((c) => `${shared ? 'all components' : `component ${c}`} on ${counted(rowsOf(c))}`));
  return [
    `collapsed: ${where}; likelihoods say nothing there: fit fewer components, or try more starts (--restarts 10)`,
  ];
}

interface Points {
  readonly run: EmRun;
  readonly dataset: Dataset;
  readonly settings: FitSettings;
  readonly added: Float64Array;
  readonly constant: readonly boolean[];
  readonly rowsOf: (c: number) => number;
  readonly shared: boolean;
}

/** Components without a width of their own that hold many rows: equal ones, or such that columns follow from each other. */
function pointNotes(many: readonly number[], points: Points): string[] {
  const { rowsOf, shared, constant } = points;
  const varying = constant.filter((one) => !one).length;
  const equal = many.map((c) => ({ c, columns: equalColumns(c, points) }));
  const said = equal
    .filter(({ columns }) => columns.length > 0)
    .map(({ c, columns }) => {
      if (shared) return `in every component the rows are equal in ${listed(columns)}`;
      if (columns.length === varying) return `component ${c} holds ${counted(rowsOf(c), 'equal row')}`;
      return `component ${c} holds ${counted(rowsOf(c))} that are equal in ${listed(columns)}`;
    });
  const notes = said.slice(0, MOST).map((one) => `${one}; log-likelihoods depend on how narrow that is`);
  if (said.length > MOST) notes.push(`${said.length - MOST} more components hold equal rows`);
  const rest = equal.filter(({ columns }) => columns.length === 0).map(({ c }) => c);
  return [...notes, ...dependentNotes(rest, points)];
}

/** Which columns follow from each other in some components, a note for each set of columns. */
function dependentNotes(among: readonly number[], points: Points): string[] {
  const componentsOf = new Map<string, number[]>();
  for (const c of among) {
    const columns = listed(dependentColumns(c, points));
    componentsOf.set(columns, [...(componentsOf.get(columns) ?? []), c]);
  }
  return Array.from(componentsOf, ([columns, own]) => {
    const several = own.length > 1 ? `components ${listed(own)}` : `component ${own[0]}`;
    const whose = points.shared ? 'all components' : several;
    return `in ${whose} columns follow from each other (${columns}); leave one of these out by --columns`;
  });
}

/** The columns along whose combination a component is narrowest, measured by its own variances. */
function dependentColumns(c: number, { run, dataset, settings, constant, shared }: Points): string[] {
  const { variances } = sweptSpread(settings.family, picked(run.components, [c]));
  const own = variances.map((variance, j) => (constant[j] ? 0 : variance));
  const { columns } = settings.family.addedShares(run.plan.model.components, own).shares[shared ? 0 : c];
  return columns.toSorted((a, b) => a - b).map((j) => dataset.swept[j]);
}

/** The columns in which the rows of a component are all but equal, each with its mean and deviation in the data's units. */
function equalColumns(c: number, { run, dataset, settings, added, constant, shared }: Points): string[] {
  const { scale, shift } = dataset.scaling;
  const { means, variances } = sweptSpread(settings.family, picked(run.components, [c]));
  return dataset.swept.flatMap((name, j) => {
    const variance = variances[j];
    // A variance that is exactly 0 is of a number that has no density: a level, or a count.
    if (constant[j] || variance === 0 || variance > added[j] / ALL_THERE_IS + 4 * VARIANCE_FLOOR) return [];
    const deviation = brief(Math.sqrt(variance) * scale[j]);
    return shared ? `${name} (± ${deviation})` : `${name} (${brief(shift[j] + scale[j] * means[j])} ± ${deviation})`;
  });
}

function worst(shares: readonly AddedShare[]): AddedShare {
  return shares.reduce((most, one) => (one.share > most.share ? one : most));
}

/** Says where a regularization that was asked for decides how wide a component is. */
function regularizationNote(
  shares: readonly AddedShare[],
  { swept }: Dataset,
  { regularization }: FitSettings,
  shared: boolean,
): string[] {
  const { share: most, columns: nearest } = worst(shares);
  if (regularization === undefined || !(most > DECIDES)) return [];
  const whose = shared ? 'all components' : `component ${shares.indexOf(worst(shares))}`;
  const share = `${brief(100 * Math.min(1, most), 2)} %`;
  return [
    `regularization ${regularization} makes up ${share} of the variance of ${whose} where that is least, near column ${swept[nearest[0]]}; give less by --regularization, or leave it out`,
  ];
}

function coincidentNote(
  groups: readonly (readonly number[])[],
  k: number,
  { epsilon, regularization }: FitSettings,
  share: number,
): string[] {
  if (groups.length === 0) return [];
  const hottest = typeof epsilon === 'number' ? epsilon : epsilon.from;
  const left = k - groups.reduce((sum, { length }) => sum + length - 1, 0);
  let remedy = 'fit fewer components, or try more starts (--restarts 10)';
  if (hottest > 1.5) remedy = 'start cooler, as with --epsilon 1.5:5, or leave epsilon at 1';
  else if (hottest > 1) remedy = 'leave epsilon at 1';
  else if (regularization !== undefined && share > DECIDES) remedy = 'leave out --regularization';
  const which = groups.map((group) => listed(group)).join('; ');
  return [`components coincide (${which}): in effect there ${left === 1 ? 'is 1' : `are ${left}`}; ${remedy}`];
}

function counted(rows: number, what = 'row'): string {
  const whole = Math.max(1, Math.round(rows));
  return `${whole.toLocaleString('en-US')} ${what}${whole === 1 ? '' : 's'}`;
}

function brief(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}

/** A repair, and how often it was made. */
export type RepairReport = Repair & { readonly times: number };

/** One report per component and kind, with the latest message. */
export function countRepairs(repairs: readonly Repair[]): RepairReport[] {
  const counted = new Map<string, RepairReport>();
  for (const repair of repairs) {
    const key = `${repair.kind} ${repair.component}`;
    counted.set(key, { ...repair, times: (counted.get(key)?.times ?? 0) + 1 });
  }
  return [...counted.values()];
}
