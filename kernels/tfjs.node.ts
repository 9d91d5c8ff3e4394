/** tfjs in Node, where it takes 300 ms to load: it is loaded when something of it is first asked for. */
import { createRequire } from 'node:module';
import type * as all from '@tensorflow/tfjs';

const require = createRequire(import.meta.url);
const waiting: ((tf: typeof all) => void)[] = [];
let loaded: typeof all | undefined;

function load(): typeof all {
  if (loaded) return loaded;
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

/** Whether a package can be imported from here. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
