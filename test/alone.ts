/** Which test files need a process of their own. The others share some, where modules are loaded and compiled once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './unpack.js';

/** Folders whose files count threads, or what a device of WebGPU holds, or lose the device. */
const folders = ['backend', 'bench', 'threads', 'webgpu'];

/** What only a file by itself can do: replace modules before they are loaded, count threads, measure memory. */
const needs = /\bvi\.(mock|doMock|resetModules)\(|'[./]*\/(threads\/workers|held)\.js'/;

export function needsProcess(file: string): boolean {
  return folders.includes(file.split('/')[1]) || needs.test(readFileSync(join(root, file), 'utf8'));
}
