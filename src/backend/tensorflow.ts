import { isInstalled, tf } from '#tfjs';
import { isLoaded, isRegistered, registerQuietly, startBackend } from '../../kernels/engine.js';
import { absent, requireUsable, type Backend, type Finding } from './backend.js';
import { tensorDevice } from './tensors.js';

/** libtensorflow by tfjs-node, on CUDA where that is installed. */
export const tensorflow = {
  name: 'tensorflow',
  onHost: false,
  holds: (tensors) => tensors === 'tensorflow',
  probe,
  open: async ({ notes }) => tensorDevice('tensorflow', requireUsable(await probe()), notes),
} as const satisfies Backend;

async function probe(): Promise<Finding> {
  const missing = await importFirst('@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node');
  if (missing) return absent(missing);
  const gpu = Boolean((tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null)?.isUsingGpuDevice);
  return { usable: true, adapter: gpu ? 'CUDA' : 'libtensorflow on the CPU', gpu, reason: 'tfjs-node is installed' };
}

/** Imports the first of these packages that loads; says why not where none does. */
async function importFirst(...packages: string[]): Promise<string | undefined> {
  if (isLoaded() && isRegistered('tensorflow')) return undefined;
  if (typeof process === 'undefined' || !('node' in process.versions)) return 'there is no libtensorflow outside Node';
  for (const name of packages.filter(isInstalled)) {
    try {
      await registerQuietly('tensorflow', () => import(/* @vite-ignore */ /* webpackIgnore: true */ name));
      if (await startBackend('tensorflow')) return undefined;
    } catch {
      continue;
    }
  }
  return 'neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed';
}
