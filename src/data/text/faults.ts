import { InputError, type Complaint } from '../../base/errors.js';
import { pastedList, shellWord } from '../pasted.js';
import type { Kinds, Place } from './kinds.js';
import { Spelling } from './numbers.js';

/** Signs that numbers are written with beside the plain ones, the likeliest first. */
const OTHERS: readonly (readonly ['.' | ',', string?])[] = [
  ['.', ','],
  [','],
  [',', '.'],
  ['.', ' '],
  [',', ' '],
  ['.', "'"],
  [',', "'"],
  ['.', '_'],
];

/** The options with which a text would be a number, as they are typed; undefined where there are none. */
export function spellingHint(text: string): string | undefined {
  const flags = OTHERS.filter(([decimal, thousands]) => new Spelling(decimal, thousands).spells(text)).map(
    ([decimal, thousands]) =>
      [
        ...(decimal === ',' ? ['--decimal ,'] : []),
        ...(thousands === undefined ? [] : [`--thousands ${shellWord(thousands)}`]),
      ].join(' '),
  );
  return flags.length === 0 ? undefined : flags.slice(0, 2).join(' or ');
}

/** What is wrong with a cell that is no number, or neither true nor false where a column holds these. */
export function cellComplaint(
  where: string,
  column: string,
  cell: Place,
  wanted: 'a number' | 'true or false' = 'a number',
): Complaint {
  const text = cell.text.trim();
  const hint = wanted === 'a number' ? spellingHint(text) : undefined;
  const na =
    text.length > 40 ? 'empty it if the value is missing' : `add --na ${pastedList([text])} if it means missing`;
  return {
    where,
    expected: `${wanted} in every cell of column ${column}`,
    got: `${quoted(text)} in line ${cell.line}`,
    remedy: hint === undefined ? `repair it, ${na}, or choose other columns` : `add ${hint} or repair it`,
  };
}

/** Why a column is none of numbers, and with what options it may be one, as parts of a message. */
export function troubleOf({ text, line }: Place): { got: string; remedy?: string } {
  const hint = spellingHint(text);
  return { got: `text such as ${quoted(text.trim())} in line ${line}`, ...(hint && { remedy: `add ${hint}` }) };
}

/** What those should know who read a column as text: cells of it that may be meant as numbers, or as missing. */
export function textNote(name: string, { odd, hasNumbers = false, lacking }: Kinds): string | undefined {
  const hint = odd && spellingHint(odd.text.trim());
  const doubts: string[] = [];
  if (odd && (hint !== undefined || hasNumbers)) {
    const place = `${quoted(odd.text.trim())} in line ${odd.line}`;
    doubts.push(hint === undefined ? `numbers beside ${place}` : `${place}, a number with ${hint}`);
  }
  if (lacking) {
    const text = lacking.text.trim();
    doubts.push(`${quoted(text)} in line ${lacking.line}, missing with --na ${pastedList([text])}`);
  }
  return doubts.length === 0
    ? undefined
    : `all cells of the column ${name} count as text, also ${doubts.join(' and ')}`;
}

/** The error for a record with too few or too many cells. */
export function widthFault(where: string, width: number, found: number, line: number, bytes: Uint8Array): InputError {
  const text = new TextDecoder().decode(bytes.subarray(0, 1000)).replace(/[\r\n]+$/, '');
  return new InputError('format', {
    where,
    expected: `${width} ${width === 1 ? 'cell' : 'cells'} in every line`,
    got: `${found} in line ${line}: ${quoted(text)}`,
    remedy: 'repair or remove that line',
  });
}

/** The error for quotes that end no cell. */
export function quoteFault(where: string, kind: 'unclosed' | 'trailing', line: number): InputError {
  return new InputError('format', {
    where,
    expected: 'quotes around whole cells, doubled within them',
    got:
      kind === 'unclosed'
        ? `quotes that open in line ${line} and never close`
        : `text after closing quotes in line ${line}`,
    remedy: 'repair that line',
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
