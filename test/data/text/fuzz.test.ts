import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/base/errors.js';
import { openDelimited, type TextOptions } from '../../../src/text.js';
import { readText, type Written } from '../../oracle/csv.js';
import { size } from '../../cases.js';
import { rowsOf } from './text.js';

/** Texts that are made and read. */
const RUNS = size(2000, 200);

/** Bytes from which a dialect is found: one text in a hundred is about as long. */
const SAMPLE = 1 << 18;

const MISSING = ['', 'NA', 'n/a', 'None', '<NA>', '-', '.', 'NULL', '#N/A', 'nan'];

/** How a text is written, and what is said of it. */
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  ends: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\n', '\r\n', '\r']),
  header: fc.boolean(),
  told: fc.boolean(),
  mark: fc.boolean(),
  decimal: fc.constantFrom<'.' | ','>('.', '.', ','),
  grouped: fc.boolean(),
  quotes: fc.constantFrom(0, 0.1, 1),
  lacking: fc.constantFrom(0, 0.1, 0.9),
  blanks: fc.constantFrom(0, 0.1),
  fault: fc.constantFrom(...Array.from({ length: 12 }, () => 'none'), 'word', 'short', 'long'),
  closed: fc.boolean(),
  columns: fc.integer({ min: 1, max: 5 }),
  rows: fc.oneof(
    { weight: 99, arbitrary: fc.integer({ min: 1, max: 30 }) },
    { weight: 1, arbitrary: fc.constant(SAMPLE) },
  ),
  numbers: fc.array(
    fc.oneof(
      fc.integer({ min: -9999, max: 9_999_999 }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }).map((value) => value.toFixed(3)),
      fc.constantFrom('+7', ' 3.5 ', '.5', '5.', '1E3', '-0', '007', '9007199254740993', '1900', '2020', '1e400'),
    ),
    { minLength: 20, maxLength: 20 },
  ),
  chances: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 31, maxLength: 31 }),
  piece: fc.integer({ min: 1, max: 40 }),
});

type Made = typeof dialect extends fc.Arbitrary<infer T> ? T : never;

/** The text, and what a reader may be told of it. */
function write(made: Made): { text: string; written: Written; options: TextOptions } {
  let drawn = 0;
  const chance = (share: number): boolean => made.chances[drawn++ % made.chances.length] < share;
  const pick = <T>(from: readonly T[]): T =>
    from[Math.min(from.length - 1, Math.floor(made.chances[drawn++ % made.chances.length] * from.length))];
  const { delimiter, decimal } = made;
  const thousands = made.grouped ? (decimal === '.' ? (delimiter === ',' ? "'" : ',') : '.') : undefined;
  const spelled = (number: string): string => {
    const [whole, fraction] = number.split('.');
    const groups =
      thousands === undefined || !/^\d{4,}$/.test(whole) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, thousands);
    return fraction === undefined ? groups : `${groups}${decimal}${fraction}`;
  };
  const quoted = (cell: string): string => {
    const needs = cell.includes(delimiter) || /["\r\n]/.test(cell);
    return needs || chance(made.quotes) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  const names = ['x', 'Größe, cm', 'a "b"', 'two\nlines', 'x y'].slice(0, made.columns);
  const lines: string[] = made.header ? [names.map(quoted).join(delimiter)] : [];
  const fault = made.columns === 1 && made.fault !== 'word' ? 'none' : made.fault; // one column has no delimiter
  let length = 0;
  for (let row = 0; row < made.rows && length < SAMPLE + 200; row++) {
    const cells = Array.from({ length: made.columns }, (_, j) =>
      quoted(
        chance(made.lacking) ? pick(MISSING) : spelled(made.numbers[(row * 7 + j * 13 + drawn) % made.numbers.length]),
      ),
    );
    const late = row === made.rows - 1 || length >= SAMPLE + 100;
    if (late && fault === 'word') cells[0] = 'oops';
    if (late && fault === 'short') cells.pop();
    if (late && fault === 'long') cells.push('1');
    lines.push(cells.join(delimiter));
    if (chance(made.blanks)) lines.push('');
    length += lines[lines.length - 1].length + 1;
  }
  const body = lines.map((line) => line + pick(made.ends)).join('');
  const text = `${made.mark ? '\ufeff' : ''}${made.closed ? body : body.replace(/[\r\n]+$/, '')}`;
  const written: Written = {
    delimiter,
    decimal,
    thousands,
    missing: MISSING.map((one) => one.toLowerCase()),
    header: made.header,
  };
  const options = {
    ...(made.told && { header: made.header }),
    ...(decimal === ',' && { decimal }),
    ...(thousands !== undefined && { thousands }),
  };
  return { text, written, options };
}

/** What a text is read as by the code, or the message of its refusal. */
async function readBy(text: string, options: TextOptions, piece: number) {
  const bytes = new TextEncoder().encode(text);
  const step = bytes.length > 10_000 ? piece * 1000 : piece;
  const input = {
    name: 'f',
    format: 'csv' as const,
    async *bytes() {
      for (let at = 0; at < bytes.length; at += step) yield await Promise.resolve(bytes.subarray(at, at + step));
    },
  };
  try {
    const table = await openDelimited(input, options);
    if (table.rows === 0) return 'no rows'; // as `openSource` says
    const all = table.columns.map((_, index) => index);
    return {
      names: table.columns.map(({ name }) => name),
      rows: await rowsOf(table, all),
      notes: table.notes ?? [],
    };
  } catch (error) {
    if (!(error instanceof InputError) || error.message.includes('\n')) throw error;
    return error.message;
  }
}

function expected(text: string, written: Written) {
  try {
    return readText(text, written);
  } catch (error) {
    return (error as Error).message;
  }
}

it(`${RUNS} texts are read as a reader does that is told how they are written, or refused in a line`, async () => {
  const seed = Number(process.env.OTMIX_FUZZ_SEED ?? 685743526);
  console.info(`seed ${seed}`);
  const counts = { equal: 0, refused: 0, needlessly: 0, noted: 0 };
  await fc.assert(
    fc.asyncProperty(dialect, async (made) => {
      const { text, written, options } = write(made);
      const read = await readBy(text, options, made.piece);
      const right = expected(text, written);
      if (typeof read === 'string') {
        counts[typeof right === 'string' ? 'refused' : 'needlessly']++;
        return;
      }
      if (
        read.notes.some((note) => /names the columns|is data/.test(note)) &&
        typeof right !== 'string' &&
        !made.told &&
        JSON.stringify(right.names) !== JSON.stringify(read.names)
      ) {
        counts.noted++;
        return;
      }
      counts.equal++;
      const shown = text.slice(0, 300);
      expect({ shown, names: read.names, rows: read.rows }).toEqual(
        typeof right === 'string' ? { shown, right } : { shown, ...right },
      );
    }),
    { numRuns: RUNS, seed, endOnFailure: false },
  );
  console.info(counts);
});
