/** A source as a fixed list of units of rows, and the files that they lie in. */
import { InputError } from '../base/errors.js';
import { isDivisible, type Division, type Origin, type Piece, type PieceRange } from '../data/division.js';
import type { Source } from '../data/source.js';
import { stampOf, type Stamp } from './stamp.js';

/** Consecutive rows that are summed by themselves. */
export interface Unit {
  readonly ranges: readonly PieceRange[];
  /** What messages call it: its first file, and from which row on. */
  readonly name: string;
}

/** A file as it was when a fit began. */
export interface FileStamp extends Stamp {
  readonly path: string;
}

/** What every worker opens: the files, and which rows of them are a unit. */
export interface Manifest {
  readonly columns: readonly string[];
  readonly origin: Origin;
  readonly files: readonly FileStamp[];
  readonly units: readonly Unit[];
}

/** Values of a unit: 64 MiB where they are held. */
const UNIT_VALUES = 2 ** 24;
/** Units at the most: each costs a message per sweep. */
const MOST_UNITS = 4096;
/** Rows that all blocks but the last have a multiple of. */
const BLOCK = 1024;
/** Values that a byte of text makes where the rows are not known: some 8 characters each. */
const BYTES_PER_VALUE = 8;

/** The manifest of a source; throws `InputError('unsupported')` of one that has no files. */
export async function manifestOf(source: Source, unitRows?: number): Promise<Manifest> {
  const division = await divisionOf(source);
  const files = await Promise.all(division.pieces.map(async ({ path }) => ({ path, ...(await stampOf(path)) })));
  const { columns } = source;
  return { columns, origin: division.origin, files, units: unitsOf(division.pieces, files, columns.length, unitRows) };
}

export async function divisionOf(source: Source): Promise<Division> {
  if (isDivisible(source)) return source.divided();
  throw new InputError('unsupported', {
    where: 'cluster',
    expected: 'a source of files, as openSource opens paths and globs',
    got: `${source.name}, which other machines can't open`,
    remedy: 'write the rows to Parquet files that all machines see, without every',
  });
}

/**
 * Files cut into units, in the order of rows: of as many values as `UNIT_VALUES`, or more rows where there would be too many
 * units, and cut where a file can be read from. How many there are depends on the data alone.
 */
export function unitsOf(
  pieces: readonly Piece[],
  files: readonly Pick<FileStamp, 'size'>[],
  columns: number,
  unitRows?: number,
): Unit[] {
  const sizes = pieces.map(({ rows }, at) => rows ?? Math.ceil(files[at].size / (BYTES_PER_VALUE * columns)));
  const all = sizes.reduce((sum, rows) => sum + rows, 0);
  const wanted = unitRows ?? Math.max(UNIT_VALUES / columns, all / MOST_UNITS);
  const target = Math.ceil(wanted / BLOCK) * BLOCK;
  const units: Unit[] = [];
  let open: PieceRange[] = [];
  let filled = 0;
  const close = (): void => {
    if (open.length > 0) units.push({ ranges: open, name: nameOf(pieces, open[0]) });
    [open, filled] = [[], 0];
  };
  for (const [piece, { rows, cuts }] of pieces.entries()) {
    if (rows === undefined) {
      if (filled + sizes[piece] > target) close();
      open.push({ piece });
      filled += sizes[piece];
      continue;
    }
    for (let from = 0; from < rows;) {
      const to = nextCut(from + target - filled, from, rows, cuts);
      open.push({ piece, from, to });
      filled += to - from;
      from = to;
      if (filled >= target) close();
    }
  }
  close();
  return units;
}

/** Where a range that begins at `from` ends: at `wanted`, or the next row from which the file can be read. */
function nextCut(wanted: number, from: number, rows: number, cuts: readonly number[] | undefined): number {
  if (wanted >= rows) return rows;
  return cuts ? (cuts.find((cut) => cut >= wanted && cut > from) ?? rows) : wanted;
}

function nameOf(pieces: readonly Piece[], { piece, from = 0 }: PieceRange): string {
  return from === 0 ? pieces[piece].path : `${pieces[piece].path} from row ${from} on`;
}
