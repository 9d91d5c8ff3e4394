/** How many lanes the subgroups of a kernel have, where that is ours to say. */

/** The feature of WebGPU with which kernels say it, which types of WebGPU do not know yet. */
export const SUBGROUP_SIZE = 'subgroup-size-control';

/** Lanes that leave each of Intel's lanes 128 registers: drivers take 16 or 32, which leave 64 or 32. */
const FEW_LANES = 8;

/** A kernel as it is compiled for a device: on Intel's GPUs with as few lanes in a subgroup as they have. */
export function forDevice(code: string, { features, adapterInfo: info = {} }: Told): string {
  const { vendor, subgroupMinSize = Infinity } = info;
  const few = vendor === 'intel' && subgroupMinSize <= FEW_LANES && features.has(SUBGROUP_SIZE);
  return few ? withLanes(FEW_LANES, code) : code;
}

/** What devices tell of themselves; some have no information of their adapter. */
interface Told {
  readonly features: Pick<ReadonlySet<string>, 'has'>;
  readonly adapterInfo?: Partial<GPUAdapterInfo>;
}

/** A kernel whose subgroups have so many lanes, of which its workgroup has a multiple. */
export function withLanes(count: number, code: string): string {
  // On the first line, so that the compiler's line numbers stay right.
  return `enable subgroup_size_control; ${code.replace('@compute', `@compute @subgroup_size(${count})`)}`;
}
