import { distinctNames } from '../names.js';
import { findDelimiter } from './delimiter.js';
import { byteOrderMark, encodingFault, requireText } from './encoding.js';
import { quoteFault, widthFault } from './faults.js';
import { findHeader, type HeaderDecision } from './header.js';
import { asideOf, commentNotes, headingOf } from './heading.js';
import { kindOfCell, kindOfColumn, type Kinds } from './kinds.js';
import { leadingBlock, separatorLine, type Hashed, type Position } from './leading.js';
import { missingRule, type Rules } from './missing.js';
import { Spelling } from './numbers.js';
import type { TextFormat, TextOptions } from './options.js';
import { sampled, type Sample, type SampleRecord } from './sample.js';

/** A column of a text. */
export interface TextColumn extends Kinds {
  readonly name: string;
  /** What the column is, if it is used only where it is named. */
  readonly aside?: string;
}

/** How a text is written: all that reading it needs. */
export interface Dialect extends Rules {
  readonly delimiter: string;
  /** One for each cell of a record. */
  readonly columns: readonly TextColumn[];
  /** Where the first row begins. */
  readonly body: Position;
  /** Records above it, comments included, where these are lines without quotes and none is blank. */
  readonly skip?: number;
  /** Rows that the sample holds whole. */
  readonly rows: number;
  /** What was decided that the user should know. */
  readonly notes: readonly string[];
}

/**
 * Decides from the beginning of a text how it is written: comments at the top, delimiter, header, kinds of columns.
 * Throws `InputError('format')` where the sample is no text in UTF-8, quotes end no cell, or lines have unlike numbers of
 * cells. Undefined where the sample is too short: it holds no whole record, or one and not the text's end.
 */
export function findDialect(
  name: string,
  sample: Sample,
  format: TextFormat,
  options: TextOptions,
): Dialect | undefined {
  const spelling = new Spelling(options.decimal, options.thousands);
  const rules: Rules = { spelling, missing: missingRule(options.na ?? [], spelling) };
  const offset = byteOrderMark(sample.bytes, name);
  requireText(sample.bytes, name, 1);
  const top = { offset, line: 1 };
  const separator = separatorLine(sample.bytes, top);
  const { hashes, after } = leadingBlock(sample.bytes, separator?.after ?? top);
  const delimiter = separator?.sign ?? findDelimiter(sample, format, after, rules);
  const cut = (from: Position, most?: number) => sampled(sample, delimiter, from, most);
  const { records: below, fault } = cut(after);
  if (fault) throw quoteFault(name, fault.kind, fault.line);
  if (below.length === 0 && !sample.complete) return undefined;
  const width = below.at(0)?.cells.length;
  const row = hashes.findIndex((line) => isRow(cut(line, 1).records.at(0), width, rules));
  const records = row < 0 ? below : cut(hashes[row]).records;
  if (records.length === 0) return { delimiter, ...rules, columns: [], body: after, rows: 0, notes: [] };
  if (records.length === 1 && !sample.complete) return undefined;
  requireWidth(name, records, sample);
  const comments = row < 0 ? hashes : hashes.slice(0, row);
  const last = comments.at(-1);
  const heading = last && headingOf(cut(last.content, 1).records.at(0), records[0].cells.length, rules);
  const start = row < 0 ? after : hashes[row];
  const isSimple = start.line === comments.length + 1 && !sample.bytes.subarray(0, start.offset).includes(QUOTE);
  const found = described(name, records, { comments, heading, start }, rules, options.header);
  const skip = comments.length + Number(found.body !== start);
  const notes = [
    ...(separator ? [`line 1 (sep=${separator.sign}) says what stands between cells`] : []),
    ...found.notes,
  ];
  return { delimiter, ...rules, ...found, notes, ...(isSimple && { skip }) };
}

const QUOTE = 34;

/** What stands above the records. */
interface Top {
  readonly comments: readonly Hashed[];
  /** Names of the columns in the last comment, where it may hold them. */
  readonly heading: readonly string[] | undefined;
  /** Where the first record begins. */
  readonly start: Position;
}

/** Whether a line that begins with # is a row like others and no comment: all cells are numbers or missing, as in #N/A,4. */
function isRow(record: SampleRecord | undefined, width: number | undefined, rules: Rules): boolean {
  if (!record || record.cells.length !== (width ?? record.cells.length)) return false;
  return record.cells.every(({ text }) => ['number', 'empty'].includes(kindOfCell(text, rules)));
}

function requireWidth(name: string, records: readonly SampleRecord[], { bytes }: Sample): void {
  const width = records[0].cells.length;
  const odd = records.find(({ cells }) => cells.length !== width);
  if (odd) throw widthFault(name, width, odd.cells.length, odd.line, bytes.subarray(odd.offset, odd.next.offset));
}

/** Names and kinds of the columns, where the rows begin, and what to tell of that. */
function described(
  name: string,
  records: readonly SampleRecord[],
  top: Top,
  rules: Rules,
  asked: boolean | undefined,
): Pick<Dialect, 'columns' | 'body' | 'rows' | 'notes'> {
  const [first, ...rest] = records;
  const kinds = (of: readonly SampleRecord[]): Kinds[] => first.cells.map((_, index) => kindOfColumn(of, index, rules));
  const below = kinds(rest);
  const { header, note }: HeaderDecision = asked === undefined ? findHeader(records, below, rules) : { header: asked };
  const heading = header || asked !== undefined ? undefined : top.heading;
  const rows = header ? rest : records;
  const given = heading ?? first.cells.map(({ text }, index) => (header ? text.trim() : `column${index}`));
  if (given.some((text) => text.includes('\ufffd'))) throw encodingFault(name, `other bytes in the names of columns`);
  const { names, notes } = distinctNames(given.map((text, index) => text || `column${index}`));
  const columns = (header ? below : kinds(records)).map((kind, index): TextColumn => {
    const aside = given[index] === '' ? asideOf(rows, index, kind) : undefined;
    return { ...kind, name: names[index], ...(aside !== undefined && { aside }) };
  });
  const told = note === undefined || heading ? [] : [note];
  return {
    columns,
    body: header ? first.next : top.start,
    rows: rows.length,
    notes: [...commentNotes(top.comments, heading !== undefined), ...told, ...notes],
  };
}
