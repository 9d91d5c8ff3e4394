import { tensorGeometries } from '../geometry/tensors.js';
import { tensorShardBuilder } from '../sweep/tensors/builder.js';
import type { Device, Finding } from './backend.js';
import { gappedOnCpu } from './gapped.js';

/** A device on which tfjs computes by composites of its own operations: the tfjs backend `tensors`. */
export function tensorDevice(name: string, finding: Finding, notes: readonly string[] = [], tensors = name): Device {
  return {
    ...finding,
    ...{ name, onHost: false, threads: 1, tensors, notes },
    rows: (d) => tensorShardBuilder(tensors, d),
    ...gappedOnCpu(),
    geometry: (problem) => tensorGeometries(problem, name, { backend: tensors }),
  };
}
