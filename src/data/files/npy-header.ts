import { InputError } from '../../base/errors.js';
import { distinctNames } from '../names.js';

/** A column of an npy file. */
export interface NpyField {
  readonly name: string;
  /** Item type without byte order, as in `f8`; durations are `i8`. */
  readonly type: string;
  readonly bigEndian: boolean;
  /** Bytes per item. */
  readonly size: number;
  /** Where the item is in a row, in bytes. */
  readonly offset: number;
  /** What a duration counts, such as `milliseconds`. */
  readonly unit?: string;
}

export interface NpyHeader {
  readonly rows: number;
  readonly fields: readonly NpyField[];
  /** Bytes per row. */
  readonly stride: number;
  /** Column after column. */
  readonly fortran: boolean;
  /** Whether rows are records of fields with names. */
  readonly structured: boolean;
}

/** Names of the units of durations. */
const UNITS: Readonly<Partial<Record<string, string>>> = {
  ...{ W: 'weeks', D: 'days', h: 'hours', m: 'minutes', s: 'seconds' },
  ...{ ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' },
};

/** The text of a header: `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`. Throws for what is no table. */
export function parseHeader(path: string, text: string): NpyHeader {
  const [, descr = text.trim()] = /'descr'\s*:\s*(\[.*\]|'[^']*')/s.exec(text) ?? [];
  const shape = parseShape(path, text);
  const [rows, d = 1] = shape;
  const items = descr.startsWith('[') ? structure(descr) : undefined;
  if (items && shape.length > 1) {
    throw fault(
      path,
      'an array of one dimension of records',
      `shape (${shape.join(', ')})`,
      'write array.ravel() of it',
    );
  }
  if (items) return { rows, ...laidOut(path, descr, items), fortran: false, structured: true };
  const item = itemType(descr.slice(1, -1));
  if (!item) throw unreadableType(path, descr);
  const fields = Array.from({ length: d }, (_, j) => ({ name: `x${j}`, ...item, offset: j * item.size }));
  const fortran = /'fortran_order'\s*:\s*True/.test(text) && shape.length === 2;
  return { rows, fields, stride: d * item.size, fortran, structured: false };
}

function parseShape(path: string, text: string): readonly number[] {
  const [, shapeText = '?'] = /'shape'\s*:\s*\(([^)]*)\)/.exec(text) ?? [];
  const shape = shapeText
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (shape.length >= 1 && shape.length <= 2 && shape.every(Number.isSafeInteger)) return shape;
  const remedy = 'reshape it to rows × columns';
  throw fault(path, 'an array of one or two dimensions', `shape (${shapeText.trim()})`, remedy);
}

/** Names and types of the fields of a structured type; undefined where a field is no scalar. */
function structure(descr: string): readonly (readonly [name: string, type: string])[] | undefined {
  const field = /\(\s*'((?:[^'\\]|\\.)*)'\s*,\s*'([^']*)'\s*\)\s*,?\s*/gy;
  const items: [string, string][] = [];
  const text = descr.slice(1, -1).trim();
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (!match) return undefined;
    items.push([match[1].replace(/\\(.)/g, '$1'), match[2]]);
  }
  return items;
}

/** Fields one after the other, with what lies between them (`|V3`) left out. */
function laidOut(
  path: string,
  descr: string,
  items: readonly (readonly [name: string, type: string])[],
): Pick<NpyHeader, 'fields' | 'stride'> {
  const { names } = distinctNames(items.map(([name]) => name));
  const fields: NpyField[] = [];
  let stride = 0;
  for (const [index, [, type]] of items.entries()) {
    const [, padding] = /^\|V(\d+)$/.exec(type) ?? [];
    const item = padding === undefined ? itemType(type) : { size: Number(padding) };
    if (!item) throw unreadableType(path, descr);
    if ('type' in item) fields.push({ name: names[index], ...item, offset: stride });
    stride += item.size;
  }
  return { fields, stride };
}

/** `<f8`, `|b1`, `>i4`, or a duration `<m8[ms]`. */
function itemType(text: string): Omit<NpyField, 'name' | 'offset'> | undefined {
  const [, order, type, unit = ''] = /^([<>|=])(f[248]|[iu][1248]|b1|m8)(?:\[(\w+)\])?$/.exec(text) ?? [];
  const counts = UNITS[unit];
  if (!type || (type === 'm8') !== (counts !== undefined)) return undefined;
  const plain = { type: type === 'm8' ? 'i8' : type, bigEndian: order === '>', size: Number(type.slice(1)) };
  return counts === undefined ? plain : { ...plain, unit: counts };
}

function unreadableType(path: string, descr: string): InputError {
  const [, bytes] = /^'.c(\d+)'$/.exec(descr) ?? [];
  const conversion = descr.startsWith('[')
    ? 'numpy.lib.recfunctions.structured_to_unstructured(array)'
    : bytes !== undefined
      ? `array.view("float${Number(bytes) * 4}").reshape(len(array), -1)`
      : 'array.astype("float64")';
  return fault(
    path,
    'numbers, booleans or durations (f2, f4, f8, i1 … i8, u1 … u8, b1, m8 with a unit)',
    `dtype ${descr.length > 60 ? `${descr.slice(0, 59)}…` : descr}`,
    `convert it with ${conversion} and write it with numpy.save`,
  );
}

function fault(where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError('format', { where, expected, got, remedy });
}
