import type { CovarianceForm } from '../../kernels/form.js';
import { InputError } from '../base/errors.js';
import type { OddColumn } from '../data/files/columns.js';
import type { SourceOptions } from '../data/files/open.js';
import type { Source } from '../data/source.js';
import type { Family } from '../families/family.js';
import { resolveFamilies, type ColumnFamily } from '../families/family-columns.js';
import { IGNORE } from '../families/family-names.js';
import { columnsNamed, parseFamilies, type FamilyEntry } from '../families/family-text.js';

const FLAG = '--family';
/** What has the data propose families. */
const AUTO = 'auto';
/** Families of columns that may be text. */
const OF_TEXT = ['categorical'];

/** What `--family` and `--covariance` say. */
export interface FamilyFlags {
  readonly family?: readonly string[];
  /** Covariance types of Gaussians that say none themselves; undefined where nobody chose. */
  readonly covariance?: CovarianceForm | readonly CovarianceForm[];
}

/** Families to fit, before the data are known: entries, or `auto`. None: Gaussians of all columns. */
export interface FamiliesAsked {
  readonly lists: readonly (readonly FamilyEntry[] | typeof AUTO)[];
  readonly covariances: readonly CovarianceForm[];
}

/** Data, and the families of their columns. */
export interface ChosenFamilies {
  readonly source: Source;
  readonly families: readonly Family[];
}

/** Families that the data propose, and the data where all columns have one. */
export type Proposer = (
  data: Openable,
  options: SourceOptions,
) => Promise<{ readonly entries: readonly FamilyEntry[]; readonly source: Source }>;

/** Data that can be opened in several ways. */
export interface Openable {
  readonly open: (options: SourceOptions) => Promise<Source>;
  /** The columns that are neither numbers nor text. */
  readonly odd: (options: SourceOptions) => Promise<OddColumn[]>;
}

/** What flags ask for; throws `InputError('option')` for what no data could have. `usual`: the covariance types of who names none. */
export async function familiesAsked(
  { family: texts = [], covariance }: FamilyFlags,
  usual: readonly CovarianceForm[],
): Promise<FamiliesAsked> {
  const known = Object.keys(await import('../families/all.js'));
  const lists = texts.map((text) => (text.trim() === AUTO ? AUTO : parseFamilies(text, known, FLAG)));
  if (covariance !== undefined && lists.length > 0 && !lists.some(leavesCovariance)) {
    throw new InputError('option', {
      where: '--covariance',
      expected: 'gaussian or student-t without a covariance type of its own with it',
      got: `${FLAG} ${texts.join(` ${FLAG} `)}`,
      remedy: 'leave it out',
    });
  }
  return { lists, covariances: [covariance ?? usual].flat() };
}

/** Options of families that have a covariance type, as they are without them; the type comes last. */
const FORMED: Readonly<Record<string, readonly string[]>> = { gaussian: [], studentT: ['each'] };

function leavesCovariance(list: FamiliesAsked['lists'][number]): boolean {
  return list === AUTO || list.some(saysNoCovariance);
}

function saysNoCovariance({ family, options }: Pick<FamilyEntry, 'family' | 'options'>): boolean {
  return Object.hasOwn(FORMED, family) && options.length <= FORMED[family].length;
}

/** Options of a family with a covariance type, where it has one and says none. */
function withCovariance(entry: Pick<FamilyEntry, 'family' | 'options'>, covariance: CovarianceForm): readonly string[] {
  const { family, options } = entry;
  return saysNoCovariance(entry) ? [...options, ...FORMED[family].slice(options.length), covariance] : options;
}

/**
 * Opens data for the families asked for, and makes these for their columns. Columns to ignore are left out, and text is
 * read as levels where a family takes such. Throws `InputError` where families and data don't fit.
 */
export async function openForFamilies(
  { lists, covariances }: FamiliesAsked,
  options: SourceOptions,
  data: Openable,
  propose: Proposer,
): Promise<ChosenFamilies> {
  if (lists.length === 0) {
    const source = await data.open(options);
    const { gaussian } = await import('../families/gaussian.js');
    return { source, families: covariances.map((covariance) => gaussian({ covariance })) };
  }
  const proposal = lists.includes(AUTO) ? await propose(data, options) : undefined;
  const entries = lists.map((list) => (list === AUTO ? (proposal?.entries ?? []) : list));
  requireSameColumns(entries);
  const source = ready(proposal, entries) ?? (await data.open({ ...options, ...wantedOf(entries, options) }));
  const families: Family[] = [];
  for (const own of entries) {
    const resolved = resolveFamilies(
      own.filter(({ family }) => family !== IGNORE),
      source.columns,
      FLAG,
    );
    const types = leavesCovariance(own) ? covariances : covariances.slice(0, 1);
    for (const type of types) families.push(await familyOfColumns(resolved, type));
  }
  return { source, families };
}

/** The data that a proposal was made of, where it is the only list and leaves no column out. */
function ready(
  proposal: Awaited<ReturnType<Proposer>> | undefined,
  lists: readonly (readonly FamilyEntry[])[],
): Source | undefined {
  return lists.length === 1 && !proposal?.entries.some(({ family }) => family === IGNORE)
    ? proposal?.source
    : undefined;
}

/** Which columns are to be read, and how. */
function wantedOf(lists: readonly (readonly FamilyEntry[])[], { columns }: SourceOptions): SourceOptions {
  const [entries] = lists;
  const ofText = lists.flat().filter(({ family }) => OF_TEXT.includes(family));
  const text = ofText.length > 0 ? { text: 'levels' as const, named: ofText.flatMap(columnsNamed) } : {};
  const ignoring = entries.filter(({ family }) => family === IGNORE);
  if (ignoring.some((entry) => entry.columns === '*')) {
    const named = entries.filter(({ family }) => family !== IGNORE).flatMap(columnsNamed);
    return { ...text, columns: columns?.filter((name) => named.includes(name)) ?? named };
  }
  const ignored = ignoring.flatMap(columnsNamed);
  if (ignored.length === 0) return text;
  return columns
    ? { ...text, columns: columns.filter((name) => !ignored.includes(name)) }
    : { ...text, ignore: ignored };
}

/** Throws where one list ignores other columns than another: criteria would be of different data. */
function requireSameColumns(lists: readonly (readonly FamilyEntry[])[]): void {
  const ignored = new Set(lists.map(ignoredBy));
  if (ignored.size <= 1) return;
  throw new InputError('option', {
    where: FLAG,
    expected: 'the same columns ignored each time',
    got: Array.from(ignored, (names) => names || 'none').join(' and '),
    remedy: 'ignore the same, or choose with --columns',
  });
}

function ignoredBy(entries: readonly FamilyEntry[]): string {
  const ignoring = entries.filter(({ family }) => family === IGNORE);
  return ignoring.some(({ columns }) => columns === '*') ? '*' : ignoring.flatMap(columnsNamed).sort().join('+');
}

/** One family for all columns, or the product of several; `covariance` is that of those that say none. */
async function familyOfColumns(resolved: readonly ColumnFamily[], covariance: CovarianceForm): Promise<Family> {
  const { familyOf } = await import('../families/families.js');
  const factors = resolved.map(({ family, options, columns }) => ({
    columns,
    family: familyOf(family, withCovariance({ family, options }, covariance), FLAG),
  }));
  if (factors.length === 1) return factors[0].family;
  const { product } = await import('../families/product.js');
  return product(factors);
}
