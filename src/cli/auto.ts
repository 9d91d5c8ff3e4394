import { MOST_DISTINCT, NumberTally, type ColumnFacts, type LevelFacts } from '../families/column-facts.js';
import { IGNORE, kebab } from '../families/family-names.js';
import { columnsNamed, printFamilies } from '../families/family-text.js';
import { proposeFamilies, type Proposal } from '../families/propose.js';
import { areTruth } from '../base/truth.js';
import { printable } from '../base/printable.js';
import type { Source } from '../data/source.js';
import type { OddColumn } from '../data/files/columns.js';
import type { SourceOptions } from '../data/files/open.js';
import { InputError } from '../base/errors.js';
import type { Openable, Proposer } from './families.js';
import { progressView } from './progress.js';
import { shortened } from '../report/numbers.js';
import { shellLine } from './shell.js';
import { textTable } from './table.js';

/** Columns of an explanation: a long name may be cut, the line that is pasted has it whole. */
const LONGEST = 32;

/** Proposes families by one read of the data, and says on standard error what it chose and why. */
export function proposer(signal: AbortSignal, quiet = false): Proposer {
  return async (data, options) => {
    const { columns, odd } = await columnsOf(data, { ...options, text: 'levels' });
    // Columns that are named may have any number of texts: those of too many are left out, not refused.
    const source = await data.open({ ...options, text: 'levels', columns });
    const { show, stop } = await progressView(process.stderr, quiet);
    const totalRows = source.rows === undefined ? {} : { totalRows: source.rows };
    const onRows = (rows: number): void => show({ phase: 'load', rows, ...totalRows });
    const facts = await factsOf(source, signal, onRows).finally(stop);
    const proposal = withOdd(proposeFamilies(facts), odd);
    if (!quiet) process.stderr.write(proposalText(proposal));
    return { entries: proposal.entries, source };
  };
}

/** The columns that can be read; `odd`: those that can't, where the user has not named any. */
async function columnsOf(
  { open, odd }: Openable,
  options: SourceOptions,
): Promise<{ readonly columns: readonly string[]; readonly odd: readonly OddColumn[] }> {
  try {
    const { columns } = await open(options);
    return { columns, odd: [] };
  } catch (error) {
    const found =
      options.columns || !(error instanceof InputError && error.code === 'format') ? [] : await odd(options);
    if (found.length === 0) throw error;
    const { columns } = await open({ ...options, ignore: found.map(({ name }) => name) });
    return { columns, odd: found };
  }
}

/** A proposal that also leaves out what can't be read. */
function withOdd({ entries, columns }: Proposal, odd: readonly OddColumn[]): Proposal {
  if (odd.length === 0) return { entries, columns };
  const ignored = [
    ...entries.filter(({ family }) => family === IGNORE).flatMap(columnsNamed),
    ...odd.map(({ name }) => name),
  ];
  return {
    entries: [...entries.filter(({ family }) => family !== IGNORE), { family: IGNORE, options: [], columns: ignored }],
    columns: [
      ...columns,
      ...odd.map(({ name, holds }) => ({ name, family: IGNORE, reason: `${holds}: neither numbers nor text` })),
    ],
  };
}

/** What the columns are like, by one read. */
export async function factsOf(
  source: Source,
  signal?: AbortSignal,
  onRows?: (rows: number) => void,
): Promise<ColumnFacts[]> {
  const d = source.columns.length;
  const tallies = source.columns.map(() => new NumberTally());
  const texts = source.columns.map(() => new TextTally());
  let rows = 0;
  for await (const batch of source.batches(signal)) {
    for (let j = 0; j < d; j++) {
      const own = Array.from({ length: batch.rows }, (_, row) => batch.values[row * d + j]);
      const levels = batch.levels?.[j];
      if (levels) texts[j].add(own, levels);
      else tallies[j].add(own);
    }
    rows += batch.rows;
    onRows?.(rows);
  }
  return source.columns.map((name, j) => texts[j].facts(name, rows) ?? tallies[j].facts(name));
}

/** Counts the values of a column of text, and the different ones. */
class TextTally {
  private values = 0;
  private levels: readonly string[] | undefined;
  private readonly seen = new Set<number>();

  /** Takes values as places in a list of texts, NaN where one is missing. */
  add(places: readonly number[], levels: readonly string[]): void {
    this.levels = levels;
    for (const place of places) {
      if (Number.isNaN(place)) continue;
      this.values++;
      if (this.seen.size < MOST_DISTINCT) this.seen.add(place);
    }
  }

  /** What it is like; undefined of a column that was none of text. */
  facts(name: string, rows: number): LevelFacts | undefined {
    const { values, levels, seen } = this;
    if (!levels) return undefined;
    const missing = rows > 0 ? (rows - values) / rows : 0;
    return { kind: areTruth(levels) ? 'boolean' : 'text', name, values, missing, distinct: seen.size };
  }
}

/** The option to paste, and under it the reason of each column. */
export function proposalText({ entries, columns }: Proposal): string {
  const heads = ['', 'column', 'family', 'why'].map((head) => ({ head }));
  const rows = columns.map(({ name, family, reason }) => [
    '',
    shortened(name, LONGEST),
    family === IGNORE ? 'left out' : kebab(family),
    reason,
  ]);
  return `otmix: --family auto is ${printable(shellLine(['--family', printFamilies(entries)]))}\n${textTable(heads, rows)}`;
}
