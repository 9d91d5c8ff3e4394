import type * as tf from '@tensorflow/tfjs';
import { resolveBackend, type BackendRequest } from '../backend.js';
import { requireOneBackend } from '../tensors/check.js';
import type { Home } from './parts.js';

/** Arrays of fewer costs are solved in the host's memory: there an iteration takes less than a GPU needs to answer. */
const FEW_COSTS = 2 ** 22;

/** Where to solve, and the backend's name for the report. */
export interface Choice {
  readonly home: Home;
  readonly backend: string;
}

const host: Choice = { home: 'host', backend: 'cpu' };

/** Where tensors stay: on their device, or in the host's memory if that is where they are. */
export async function homeOfTensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
  request: BackendRequest,
  where: string,
): Promise<Choice> {
  requireOneBackend(where, tensors);
  return chosen(request, Object.values(tensors)[0]);
}

/** Where arrays of so many costs are solved. */
export async function homeOfArrays(costs: number, request: BackendRequest): Promise<Choice> {
  return request === 'auto' && costs < FEW_COSTS ? host : chosen(request);
}

async function chosen(request: BackendRequest, data?: tf.Tensor): Promise<Choice> {
  const { name, place } = await resolveBackend(request, { data });
  if (place.kind === 'webgpu') return { home: { backend: place.backend, gpu: place.gpu }, backend: name };
  if (place.kind === 'simd' || name === 'cpu') return host;
  return { home: { backend: place.backend }, backend: name };
}
