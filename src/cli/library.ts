import type * as library from '../index.js';

/**
 * The library, loaded when a command needs it: `--help` must not wait for tfjs. In production mode tfjs prints no
 * banners.
 */
export async function loadLibrary(): Promise<typeof library> {
  const tf = await import('@tensorflow/tfjs');
  tf.enableProdMode();
  return import('../index.js');
}
