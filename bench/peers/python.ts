import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute } from './execute.js';

/** This folder in the sources, whether the bench is run from there or from dist. */
export const folder = ['./', '../../../bench/peers/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(join(path, 'job.py')));

/** The interpreters to try, best first. */
export const pythons = (): string[] =>
  process.env['OTMIX_PYTHON']
    ? [process.env['OTMIX_PYTHON']]
    : [join(folder ?? '.', '..', '..', '.cache', 'peers', 'bin', 'python'), 'python3'];

const finds =
  'import importlib.util, sys; sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))';

/** The first interpreter that finds all these modules (without importing them, which takes seconds), if any. */
export async function pythonWith(modules: readonly string[]): Promise<string | undefined> {
  for (const python of pythons()) {
    const { status } = await execute(python, ['-c', finds, ...modules]);
    if (status === 0) return python;
  }
  return undefined;
}
