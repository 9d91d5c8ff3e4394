import type { Tensor } from '@tensorflow/tfjs';
import type { Device } from '../backend/backend.js';
import { resolveBackend } from '../backend/resolve.js';
import { requireOneBackend } from '../tensors/check.js';
import type { SinkhornSettings } from './settings.js';

/** Arrays of fewer costs are solved in the host's memory: there an iteration takes less than a GPU needs to answer. */
const FEW_COSTS = 2 ** 22;

type Wishes = Pick<SinkhornSettings, 'backend' | 'threads'>;

/** The device that tensors lie on, or one in the host's memory if that is where they are. */
export async function deviceOfTensors(
  tensors: Readonly<Record<string, Tensor>>,
  { backend, threads }: Wishes,
  where: string,
): Promise<Device> {
  requireOneBackend(where, tensors);
  return resolveBackend(backend, { data: Object.values(tensors)[0], threads });
}

/** The device for arrays of so many costs. */
export async function deviceOfArrays(costs: number, { backend, threads }: Wishes): Promise<Device> {
  return resolveBackend(backend, { threads, onHost: costs < FEW_COSTS });
}
