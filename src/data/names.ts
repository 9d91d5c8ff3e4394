/** Column names told apart. */
export interface DistinctNames {
  readonly names: readonly string[];
  /** A sentence for each name that is no longer as it was given. */
  readonly notes: readonly string[];
}

/**
 * Tells equal names apart as DuckDB does in queries: of x, x the second is x_1. Names that differ in case alone are
 * distinct, unless `ignoreCase` says that they are not, as in SQL.
 */
export function distinctNames(given: readonly string[], ignoreCase = false): DistinctNames {
  const key = (name: string): string => (ignoreCase ? name.toLowerCase() : name);
  const taken = new Set(given.map(key));
  const seen = new Set<string>();
  const notes: string[] = [];
  const names = given.map((name) => {
    if (!seen.has(key(name))) {
      seen.add(key(name));
      return name;
    }
    let number = 1;
    while (taken.has(key(`${name}_${number}`))) number++;
    const other = `${name}_${number}`;
    taken.add(key(other));
    notes.push(`two columns are called ${name}${ignoreCase ? ' but for case' : ''}: the later one is called ${other}`);
    return other;
  });
  return { names, notes };
}
