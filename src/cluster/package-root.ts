import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterOptions } from './options.js';

/** The folder of this package, wherever this file was bundled to. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'otmix')
      return folder;
    if (dirname(folder) === folder) throw new Error('the folder of otmix was not found');
  }
}

/** The command of this package. */
export function commandScript(): string {
  return join(packageRoot(), 'dist', 'node', 'cli', 'main.js');
}

/** What starts a worker on this machine. */
export function workerCommand({ command }: ClusterOptions): readonly string[] {
  return command ?? [process.execPath, ...process.execArgv, commandScript(), 'worker'];
}
