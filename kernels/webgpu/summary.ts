import type { Gpu } from './device.js';

/** What a device offers, in two lines for people. */
export function summary({ features, limits }: Gpu): string[] {
  const { subgroups, subgroupSizes, timestamps, f16 } = features;
  const sizes = [...new Set(subgroupSizes)].join(' to ');
  const offers = [subgroups ? `subgroups of ${sizes}` : 'no subgroups', timestamps && 'timestamps', f16 && 'float16'];
  return [
    `buffers of ${bytes(limits.maxBufferSize)}, bindings of ${bytes(limits.maxStorageBufferBindingSize)}, ` +
      `${limits.maxStorageBuffersPerShaderStage} to a shader`,
    `workgroups of ${limits.maxComputeInvocationsPerWorkgroup} with ${bytes(limits.maxComputeWorkgroupStorageSize)}; ` +
      offers.filter(Boolean).join(', '),
  ];
}

function bytes(size: number): string {
  const [unit, name] = size >= 2 ** 30 ? [2 ** 30, 'GiB'] : size >= 2 ** 20 ? [2 ** 20, 'MiB'] : [2 ** 10, 'KiB'];
  return `${Number((size / unit).toFixed(1))} ${name}`;
}
