/** Which test files take tables of cases. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from './unpack.js';

const tests = join(root, 'test');
const cases = join(tests, 'cases.ts');

/** The test files that import test/cases.ts, by themselves or by other files of the folder: relative to the checkout. */
export function filesWithTables(): string[] {
  const known = new Map<string, boolean>([[cases, true]]);
  const reachCases = (file: string): boolean => {
    const answer = known.get(file);
    if (answer !== undefined) return answer;
    known.set(file, false); // of those on the way here
    const does = importsOf(file).map(reachCases).includes(true);
    known.set(file, does);
    return does;
  };
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  const own = join(tests, 'cases.test.ts'); // about tables, but without any
  return files
    .map((name) => join(tests, name))
    .filter((file) => file !== own && reachCases(file))
    .map((file) => relative(root, file).replaceAll('\\', '/'))
    .sort();
}

/** Files of the folder that a file imports. */
function importsOf(file: string): string[] {
  const names = [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\b[\s(]*'(\.[^']+)'/g)];
  return names
    .map(([, name]) => resolve(dirname(file), name).replace(/\.js$/, '.ts'))
    .filter((path) => path.startsWith(tests) && existsSync(path));
}
