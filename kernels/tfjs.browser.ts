/** tfjs in browsers, which is bundled with what uses it. */
import * as tf from '@tensorflow/tfjs';

export { tf };

/** Whether tfjs can be loaded: it is. */
export function hasTfjs(): boolean {
  return true;
}

/** What to say where it is not there. */
export const NO_TFJS = '@tensorflow/tfjs is not installed';

/** Has tfjs set up as soon as it is loaded, which it is. */
export function whenLoaded(use: (all: typeof tf) => void): void {
  use(tf);
}

/** Whether a package of Node can be loaded: there is no Node. */
export function isInstalled(_name: string): boolean {
  return false;
}

/** Loads a package of Node: there is none. */
export function loadInstalled(name: string): never {
  throw new Error(`${name} is for Node`);
}
