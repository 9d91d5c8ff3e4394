import { join } from 'node:path';
import { packageRoot } from '../base/package-root.node.js';
import type { ClusterOptions } from './options.js';

/** The command of this package. */
export function commandScript(): string {
  return join(packageRoot(), 'dist', 'node', 'cli', 'main.js');
}

/** What starts a worker on this machine. */
export function workerCommand({ command }: ClusterOptions): readonly string[] {
  return command ?? [process.execPath, ...process.execArgv, commandScript(), 'worker'];
}
