/** The file of what the runs gave. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Encoded } from './encode.js';

export interface FingerprintRecord {
  /** Bits may depend on these: the engine's mathematical functions, and the instructions of its SIMD. */
  readonly node: string;
  readonly platform: string;
  readonly runs: Readonly<Record<string, Encoded>>;
}

/** A run whose bits are those of another, earlier one is only told to be the same: so are those on more threads. */
const SAME = 'same as ';

export async function readRecord(path: URL): Promise<FingerprintRecord> {
  const { runs, ...where } = JSON.parse(await readFile(path, 'utf8')) as FingerprintRecord;
  const whole = (result: Encoded): Encoded =>
    typeof result === 'string' && result.startsWith(SAME) ? runs[result.slice(SAME.length)] : result;
  return { ...where, runs: Object.fromEntries(Object.entries(runs).map(([name, result]) => [name, whole(result)])) };
}

/** One line for each run, so that a change of one shows as that. */
export async function writeRecord(path: URL, { runs, ...where }: FingerprintRecord): Promise<void> {
  const first = new Map<string, string>();
  const lines = Object.entries(runs).map(([name, result]) => {
    const text = JSON.stringify(result);
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, name);
    return `${JSON.stringify(name)}: ${earlier === undefined ? text : JSON.stringify(SAME + earlier)}`;
  });
  const head = JSON.stringify(where).slice(0, -1);
  await writeFile(path, `${head}, "runs": {\n${lines.join(',\n')}\n}}\n`);
}
