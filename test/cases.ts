/**
 * Tables of cases and how much of them a run takes. `npm test` takes of each table the fewest cases that show every
 * kind, and CI takes the full tables. `OTMIX_TESTS=full npm test` takes them too. `OTMIX_TESTS=kinds`, which CI takes for
 * another driver, shows more kinds than `npm test` does of tables that name some as few.
 */
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly tables: Share;
  }
}

/** What a case shows, one entry per factor, such as `['full', 'far', 'one row']`; undefined of one it does not have. */
export type Kinds<T> = (one: T) => readonly (string | number | boolean | undefined)[];

/** What a run takes of a table; vitest.config.ts reads OTMIX_TESTS. */
export type Share = 'few' | 'kinds' | 'full';

/**
 * The cases that this run takes: the full table, or of every kind one, the cheaper where `cost` says so. `npm test` may
 * tell `few` kinds apart: where others of its files run the same kernels.
 */
export function cases<T>(
  table: readonly T[],
  kinds: Kinds<T>,
  cost?: (one: T) => number,
  few: Kinds<T> = kinds,
): readonly T[] {
  const share = inject('tables');
  return share === 'full' ? table : everyKind(table, share === 'few' ? few : kinds, cost);
}

/** A size that this run takes: the one that the full tables need, or a smaller one. */
export function size(full: number, otherwise: number): number {
  return inject('tables') === 'full' ? full : otherwise;
}

/**
 * Cases that together show each kind of each factor that the table shows, in the order of the table. Chosen greedily:
 * always the case that shows most that is new for its cost; of equals the one whose kinds were shown least often, so
 * that crossed factors are mixed; then the first. The same table gives the same cases.
 */
export function everyKind<T>(table: readonly T[], kinds: Kinds<T>, cost: (one: T) => number = () => 1): T[] {
  const kindsOf = table.map((one) =>
    kinds(one).flatMap((kind, factor) => (kind === undefined ? [] : [`${factor}: ${kind}`])),
  );
  const shown = new Map(kindsOf.flat().map((kind) => [kind, 0]));
  const chosen = new Set<number>();
  while (Array.from(shown.values()).includes(0)) {
    const merits = kindsOf.map((some, at) => {
      const times = some.map((kind) => shown.get(kind)!);
      return { gain: times.filter((time) => time === 0).length / cost(table[at]), worn: sum(times) };
    });
    const most = Math.max(...merits.map(({ gain }) => gain));
    const least = Math.min(...merits.filter(({ gain }) => gain === most).map(({ worn }) => worn));
    const best = merits.findIndex(({ gain, worn }) => gain === most && worn === least);
    chosen.add(best);
    for (const kind of kindsOf[best]) shown.set(kind, shown.get(kind)! + 1);
  }
  return table.filter((_, at) => chosen.has(at));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

type Combination<F> = { readonly [Name in keyof F]: F[Name] extends readonly (infer Level)[] ? Level : never };

/** Every combination of the levels of some factors; the last factor changes fastest. */
export function combinations<const F extends Readonly<Record<string, readonly unknown[]>>>(
  factors: F,
): Combination<F>[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [name, levels] of Object.entries(factors)) {
    all = all.flatMap((one) => levels.map((level) => ({ ...one, [name]: level })));
  }
  return all as Combination<F>[];
}

/** Cases by one of their factors, for a `describe` per level around a `test` per case, in the order of the table. */
export function grouped<T, Name extends keyof T>(table: readonly T[], name: Name): { level: T[Name]; cases: T[] }[] {
  const levels = [...new Set(table.map((one) => one[name]))];
  return levels.map((level) => ({ level, cases: table.filter((one) => one[name] === level) }));
}
