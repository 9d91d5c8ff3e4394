/** Which test files there are, and which of them take tables of cases. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './unpack.js';

const tests = join(root, 'test');
const cases = join(tests, 'cases.ts');

/** All test files, relative to the checkout. */
export function testFiles(): string[] {
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .sort();
}

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
  const own = 'test/cases.test.ts'; // about tables, but without any
  return testFiles().filter((file) => file !== own && reachCases(join(root, file)));
}

/** Files of the folder that a file imports. */
function importsOf(file: string): string[] {
  const names = [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\b[\s(]*'(\.[^']+)'/g)];
  return names
    .map(([, name]) => resolve(dirname(file), name).replace(/\.js$/, '.ts'))
    .filter((path) => path.startsWith(tests) && existsSync(path));
}
