/** The best optimum known of each problem, kept from study to study: a file that only better ones change. */
import { readFile, writeFile } from 'node:fs/promises';

/** Least negative mean log-likelihoods of runs without collapsed components, nats, by the names of problems. */
export type BestKnown = Readonly<Record<string, number>>;

const path = 'bench/studies/optima/best-known.json';

export async function readBestKnown(file = path): Promise<BestKnown> {
  return JSON.parse(await readFile(file, 'utf8')) as BestKnown;
}

/** Of each problem the better one. */
export function better(known: BestKnown, found: BestKnown): BestKnown {
  const least = (name: string): number => Math.min(known[name] ?? Infinity, found[name] ?? Infinity);
  return Object.fromEntries(Object.keys({ ...known, ...found }).map((name) => [name, least(name)]));
}

export async function writeBestKnown(best: BestKnown, file = path): Promise<void> {
  await writeFile(file, `${JSON.stringify(best, null, 2)}\n`);
}
