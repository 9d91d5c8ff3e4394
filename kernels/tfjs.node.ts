/** tfjs in Node, where it takes 300 ms to load: it is loaded when something of it is first asked for. */
import { createRequire } from 'node:module';
import type * as all from '@tensorflow/tfjs';

const require = createRequire(import.meta.url);
const waiting: ((tf: typeof all) => void)[] = [];
let loaded: typeof all | undefined;

/** What to say where tfjs is asked for and is not there: fits on the SIMD CPU do without it. */
export const NO_TFJS = '@tensorflow/tfjs is not installed; npm install @tensorflow/tfjs';

/** Whether tfjs can be loaded. */
export function hasTfjs(): boolean {
  return loaded !== undefined || isInstalled('@tensorflow/tfjs');
}

function load(): typeof all {
  if (loaded) return loaded;
  if (!hasTfjs()) throw new Error(NO_TFJS);
  loaded = require('@tensorflow/tfjs') as typeof all;
  for (const use of waiting) use(loaded);
  return loaded;
}

/** The module that `import * as tf from '@tensorflow/tfjs'` gives to callers, which is a CommonJS one in Node. */
export const tf: typeof all = new Proxy({} as typeof all, {
  get: (_, name): unknown => Reflect.get(load(), name),
});

/** Has tfjs set up as soon as it is loaded. */
export function whenLoaded(use: (tf: typeof all) => void): void {
  if (loaded) use(loaded);
  else waiting.push(use);
}

/**
 * Loads a package of CommonJS that is installed. tfjs-node asks Node for two functions that newer ones warn of, or have no
 * more: they are there for it from now on, without a warning.
 */
export function loadInstalled(name: string): unknown {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
  return require(name);
}

/** Whether a package can be loaded from here. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
