import { hasTfjs, NO_TFJS } from '#tfjs';
import { startBackend } from '../../kernels/engine.js';
import { hostGeometries } from '../geometry/host.js';
import { tensorShardBuilder } from '../sweep/tensors/builder.js';
import { requireUsable, type Backend, type Device, type Finding } from './backend.js';

const finding: Finding = { usable: true, adapter: 'plain JavaScript', gpu: false, reason: 'runs everywhere, slowly' };

/** Plain JavaScript: tfjs's composites for rows, float64 loops for transport. */
export const cpu = {
  name: 'cpu',
  onHost: true,
  probe,
  async open({ notes }) {
    requireUsable(await probe());
    return cpuDevice(notes);
  },
} as const satisfies Backend;

async function probe(): Promise<Finding> {
  if (!hasTfjs()) return { ...finding, usable: false, reason: NO_TFJS };
  const usable = await startBackend('cpu');
  return usable ? finding : { ...finding, usable, reason: 'tfjs was loaded without it' };
}

export function cpuDevice(notes: readonly string[] = []): Device {
  return {
    ...finding,
    ...{ name: 'cpu', onHost: true, threads: 1, notes },
    rows: (d) => tensorShardBuilder('cpu', d),
    geometry: hostGeometries,
  };
}
