import { kindOfCell, type Kinds } from './kinds.js';
import type { Position } from './leading.js';
import type { Rules } from './missing.js';
import type { SampleRecord } from './sample.js';

/**
 * The names in what the last comment above the first row says after its #. They are as many as the row has cells, two
 * at least, and all of them text.
 */
export function headingOf(comment: SampleRecord | undefined, width: number, rules: Rules): string[] | undefined {
  if (width < 2 || comment?.cells.length !== width) return undefined;
  const names = comment.cells.map(({ text }) => text.trim());
  return names.every((name) => kindOfCell(name, rules) === 'text') ? names : undefined;
}

/** What to tell of the comments at the top, the last of which may name the columns. */
export function commentNotes(comments: readonly Position[], isHeading: boolean): string[] {
  const skipped = comments.length - Number(isHeading);
  const last = comments.at(-1);
  return [
    ...(skipped === 0 ? [] : [`left out ${skipped === 1 ? 'a comment' : `${skipped} comments`} at the top`]),
    ...(isHeading && last ? [`the comment in line ${last.line} names the columns`] : []),
  ];
}

/** What a column without a name is that is left out unless it is named; undefined where it may be data. */
export function asideOf(rows: readonly SampleRecord[], index: number, { kind }: Kinds): string | undefined {
  if (kind === 'empty') return 'no name, no values';
  if (index > 0) return undefined;
  if (kind === 'text') return 'labels of rows, without a name';
  const [from = NaN, ...rest] = rows.map(({ cells }) =>
    /^\s*\d+\s*$/.test(cells[0].text) ? Number(cells[0].text) : NaN,
  );
  const counts = (from === 0 || from === 1) && rest.every((value, i) => value === from + i + 1);
  return counts ? 'the numbers of rows, without a name' : undefined;
}
