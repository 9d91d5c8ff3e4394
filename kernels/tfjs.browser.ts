/** tfjs in browsers, which is bundled with what uses it. */
import * as tf from '@tensorflow/tfjs';

export { tf };

/** Has tfjs set up as soon as it is loaded, which it is. */
export function whenLoaded(use: (all: typeof tf) => void): void {
  use(tf);
}

/** Whether a package of Node can be imported: there is no Node. */
export function isInstalled(_name: string): boolean {
  return false;
}
