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

/**
 * The environment of a peer: this one's, but OpenBLAS takes the kernels of the processor that it finds, whatever
 * OPENBLAS_CORETYPE says here, since a machine set to an older core costs the peer a third of its speed in matrix
 * products. With `threads`, so many for BLAS and OpenMP.
 */
export function peerEnvironment(threads?: number): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'].includes(name)),
  );
  if (threads === undefined) return env;
  const limits = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map((name) => [name, `${threads}`]);
  return { ...env, ...(Object.fromEntries(limits) as Record<string, string>) };
}
