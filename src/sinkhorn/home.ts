import type * as tf from '@tensorflow/tfjs';
import { simdSupport } from '../../kernels/simd/module.js';
import { resolveBackend } from '../backend/backend.js';
import { requireOneBackend } from '../tensors/check.js';
import { threadsFor } from '../threads/pool.js';
import { MOST_PAIRS } from './host.js';
import type { Home } from './parts.js';
import type { Sizes, Source } from './problem.js';
import type { SinkhornSettings } from './settings.js';

/** Arrays of fewer costs are solved in the host's memory: there an iteration takes less than a GPU needs to answer. */
const FEW_COSTS = 2 ** 22;

/** Pairs from which on threads save time: one computes so many in 0.1 s, and they take about half of that to start. */
const START = 2 ** 27;

/** Where to solve, and the backend's name for the report. */
export interface Choice {
  readonly home: Home;
  readonly backend: string;
}

type Wishes = Pick<SinkhornSettings, 'backend' | 'threads'>;

/** Where tensors stay: on their device, or in the host's memory if that is where they are. */
export async function homeOfTensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
  wishes: Wishes,
  where: string,
): Promise<Choice> {
  requireOneBackend(where, tensors);
  return chosen(wishes, Object.values(tensors)[0]);
}

/** Where arrays of so many costs are solved. */
export async function homeOfArrays(costs: number, wishes: Wishes): Promise<Choice> {
  if (wishes.backend !== 'auto' || costs >= FEW_COSTS) return chosen(wishes);
  return choiceOf(simdSupport() ? onThreads(threadsFor(wishes.threads).count) : 'host');
}

/** The same, but no threads for what is solved without them. */
export function suited(choice: Choice, { kind }: Source, { n, m }: Sizes): Choice {
  const many = kind === 'points' && n * m > MOST_PAIRS;
  return choice.backend === 'wasm' && !many ? choiceOf('host') : choice;
}

export function choiceOf(home: Home): Choice {
  if (home === 'host') return { home, backend: 'cpu' };
  return { home, backend: 'threads' in home ? 'wasm' : home.backend };
}

async function chosen({ backend, threads }: Wishes, data?: tf.Tensor): Promise<Choice> {
  const { name, place } = await resolveBackend(backend, { data, threads });
  if (place.kind === 'webgpu') return { home: { backend: place.backend, gpu: place.gpu }, backend: name };
  if (place.kind === 'simd') return choiceOf(onThreads(place.threads));
  return name === 'cpu' ? choiceOf('host') : { home: { backend: place.backend }, backend: name };
}

function onThreads(threads: number): Home {
  return { threads, build: simdSupport() ?? 'simd', start: START };
}
