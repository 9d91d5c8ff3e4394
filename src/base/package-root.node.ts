import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package, wherever this file was bundled to. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'otmix')
      return folder;
    if (dirname(folder) === folder) throw new Error('the folder of otmix was not found');
  }
}

/**
 * A built script of this package, by its place below `dist/node`; undefined where it is not at hand, as in a bundle of the
 * caller's.
 */
export function builtScript(...place: readonly string[]): string | undefined {
  try {
    const script = join(packageRoot(), 'dist', 'node', ...place);
    return existsSync(script) ? script : undefined;
  } catch {
    return undefined;
  }
}
