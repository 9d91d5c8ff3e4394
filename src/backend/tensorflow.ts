import { hasTfjs, isInstalled, loadInstalled, NO_TFJS, tf } from '#tfjs';
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

/** What tfjs-node's backend says of itself. */
interface NodeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/** The packages that bring libtensorflow, in order of preference. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

async function probe(): Promise<Finding> {
  const missing = await loadFirst();
  if (missing !== undefined) return absent(missing);
  const { isUsingGpuDevice: gpu = false, binding } = (tf.findBackend('tensorflow') ?? {}) as NodeBackend;
  const library = `libtensorflow ${binding?.TF_Version ?? 'of unknown version'}`;
  return { usable: true, adapter: `${library} on ${gpu ? 'CUDA' : 'the CPU'}`, gpu, reason: 'tfjs-node is installed' };
}

/** Loads the first of the packages that works; says why not where none does. */
async function loadFirst(): Promise<string | undefined> {
  if (isLoaded() && isRegistered('tensorflow')) return undefined;
  if (typeof process === 'undefined' || !('node' in process.versions)) return 'there is no libtensorflow outside Node';
  if (!hasTfjs()) return NO_TFJS;
  const failures: string[] = [];
  for (const name of packages.filter(isInstalled)) {
    try {
      await registerQuietly('tensorflow', () => Promise.resolve(loadInstalled(name)));
      if (await startBackend('tensorflow')) return undefined;
      failures.push(`${name} does not start`);
    } catch (error) {
      failures.push(`${name} does not load (${reasonOf(error)})`);
    }
  }
  return failures.length > 0 ? failures.join('; ') : `neither ${packages.join(' nor ')} is installed`;
}

/** The first line of what went wrong. */
function reasonOf(error: unknown): string {
  const [line] = String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n', 1);
  return line.trim();
}
