import { tf } from '#tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { backendOf, onBackend } from '../../kernels/engine.js';
import { columnNames } from './arrays.js';
import type { Source } from './source.js';

const BATCH_ROWS = 65_536;

const tensors = new WeakMap<Source, Tensor2D>();

/** A source of the rows of a tensor `[n, d]`, read slice by slice; the tensor is not disposed. */
export function tensorSource(tensor: Tensor2D): Source {
  const [n, d] = tensor.shape;
  const backend = backendOf(tensor);
  const source: Source = {
    name: 'data',
    columns: columnNames(d),
    rows: n,
    async *batches() {
      for (let from = 0; from < n; from += BATCH_ROWS) {
        const rows = Math.min(BATCH_ROWS, n - from);
        const slice = onBackend(backend, () => tf.keep(tf.slice(tensor, [from, 0], [rows, d])));
        try {
          yield { rows, values: Float32Array.from(await slice.data()) };
        } finally {
          tf.dispose(slice);
        }
      }
    },
  };
  tensors.set(source, tensor);
  return source;
}

/** The tensor whose rows a source has, as they are. */
export const tensorOf = (source: Source): Tensor2D | undefined => tensors.get(source);
