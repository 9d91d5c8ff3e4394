/** Which runs differ between two records, and by how much. */
import { decoded, type Encoded } from './encode.js';

export interface Difference {
  /** The largest relative difference of two numbers, |a − b| / max(|a|, |b|); 0 where only other fields differ. */
  readonly largest: number;
  /** The field that has it. */
  readonly field: string;
  /** Fields that are no numbers, or that only one of the two has, as `field: before → now`. */
  readonly others: readonly string[];
  /** Whether digests differ, of which only some values are known. */
  readonly digests: number;
}

type Leaves = ReadonlyMap<string, Encoded>;

/** Undefined where every bit is the same. */
export function difference(before: Encoded, now: Encoded): Difference | undefined {
  const [old, fresh] = [leaves(before), leaves(now)];
  let [largest, field, digests] = [0, '', 0];
  const others: string[] = [];
  for (const at of new Set([...old.keys(), ...fresh.keys()])) {
    const [a, b] = [old.get(at), fresh.get(at)];
    if (a === b) continue;
    const apart = relative(a, b);
    if (at.endsWith('.sha256')) digests++;
    else if (apart === undefined) others.push(`${at}: ${shown(a)} → ${shown(b)}`);
    else if (field === '' || apart > largest) [largest, field] = [apart, at];
  }
  return field === '' && digests === 0 && others.length === 0 ? undefined : { largest, field, others, digests };
}

/** One line for a run that differs. */
export function described({ largest, field, others, digests }: Difference): string {
  const parts = field === '' ? [] : [`${largest.toExponential(2)} at ${field}`];
  if (field === '' && digests > 0) parts.push('values that the digests alone know');
  if (digests > 0) parts.push(`${digests} digests`);
  parts.push(...others.slice(0, 3));
  if (others.length > 3) parts.push(`and ${others.length - 3} other fields`);
  return parts.join('; ');
}

function relative(a: Encoded | undefined, b: Encoded | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [decoded(a), decoded(b)];
  if (x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  return x === y ? 0 : Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y));
}

function shown(value: Encoded | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function leaves(value: Encoded, at = '', into = new Map<string, Encoded>()): Leaves {
  if (typeof value !== 'object' || value === null) return into.set(at, value);
  const entries = Object.entries(value as Readonly<Record<string, Encoded>>);
  if (entries.length === 0) into.set(at, Array.isArray(value) ? 'no entries' : 'no fields');
  for (const [field, entry] of entries) leaves(entry, at === '' ? field : `${at}.${field}`, into);
  return into;
}
