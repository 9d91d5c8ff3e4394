import { whenLoaded } from '#tfjs';
import type * as library from '../index.js';

/**
 * The library, loaded when a command needs it: `--help` must not wait for it. In production mode tfjs prints no
 * banners.
 */
export async function loadLibrary(): Promise<typeof library> {
  whenLoaded((tf) => tf.enableProdMode());
  return import('../index.js');
}
