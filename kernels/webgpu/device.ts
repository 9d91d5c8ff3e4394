import { findGpu } from '#gpu';
import type { Wanted } from './entry.js';
import { GpuError, reported } from './error.js';
import { SUBGROUP_SIZE } from './subgroups.js';

/** Asked for in full: a device has WebGPU's smallest limits otherwise. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxUniformBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxBindGroups',
  'maxBindingsPerBindGroup',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** The limits that computing has to do with, in bytes, counts and lanes. */
export type GpuLimits = Readonly<Record<(typeof wantedLimits)[number], number>>;

/** Asked for where they are offered. */
const wantedFeatures = ['subgroups', SUBGROUP_SIZE, 'timestamp-query', 'shader-f16'] as readonly GPUFeatureName[];

/** How to open a device: with less than the adapter has, for tests. */
export interface GpuOptions extends Wanted {
  /** Limits to keep to, lower than the device's own. */
  readonly limits?: Partial<GpuLimits>;
  /** Which optional features to ask for, of those offered; default all that are of use here. */
  readonly features?: readonly GPUFeatureName[];
}

/** What a device can do beyond the core of WebGPU. */
export interface GpuFeatures {
  readonly subgroups: boolean;
  /** Lanes of a subgroup, at the least and at the most; 1 and 1 without subgroups. */
  readonly subgroupSizes: readonly [number, number];
  readonly timestamps: boolean;
  readonly f16: boolean;
}

/** A device, and what is known of it. */
export interface Gpu {
  readonly device: GPUDevice;
  /** Vendor, architecture, device and driver, as far as they are told. */
  readonly adapter: string;
  /** Whether it computes on the CPU: SwiftShader, llvmpipe and their like. */
  readonly software: boolean;
  readonly features: GpuFeatures;
  readonly limits: GpuLimits;
  readonly isLost: boolean;
  /**
   * Throws a {@link GpuError} where the device was lost, or reported an error that nothing has asked for: once each.
   * To be called after every wait for the device and before what was read is believed.
   */
  check(): void;
  /** Destroys the device, unless the caller gave it. */
  release(): void;
}

/**
 * Opens a new device on the fastest adapter. Throws `GpuError`, 'absent' or 'unusable', where it can't, and 'absent' where
 * none of those that are wanted is there.
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const { software = true } = options;
  const found = await findGpu({ software });
  if ('missing' in found) throw new GpuError('absent', found.missing);
  const { gpu, quietly = <T>(ask: () => T): T => ask() } = found;
  const adapter = await quietly(() => gpu.requestAdapter({ powerPreference: 'high-performance' }));
  if (!adapter) throw new GpuError('absent', 'no adapter was found: there is no GPU here, or no driver for it');
  if (!software && isSoftware(adapter.info)) {
    throw new GpuError('absent', `the adapter ${nameOf(adapter.info)} computes on the CPU`);
  }
  const wanted = options.features ?? wantedFeatures;
  try {
    const device = await adapter.requestDevice({
      label: 'otmix',
      requiredFeatures: wanted.filter((name) => adapter.features.has(name)),
      requiredLimits: limitsOf(adapter),
    });
    return describe(device, adapter.info, true, options.limits);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GpuError('unusable', `the adapter ${nameOf(adapter.info)} gave no device (${message})`, { cause });
  }
}

const known = new WeakMap<GPUDevice, Gpu>();

/** What is known of a device that the caller gave. */
export function gpuOf(device: GPUDevice): Gpu {
  return known.get(device) ?? describe(device, device.adapterInfo, false);
}

function describe(
  device: GPUDevice,
  info: Partial<GPUAdapterInfo> = {},
  ours: boolean,
  limits?: Partial<GpuLimits>,
): Gpu {
  let lost: GPUDeviceLostInfo | undefined;
  let wrong: GPUError | undefined;
  void device.lost.then((why) => (lost = why));
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault(); // not on the console: check() tells it
    wrong ??= event.error;
  });
  const adapter = nameOf(info);
  const gpu: Gpu = {
    device,
    adapter,
    software: isSoftware(info),
    features: featuresOf(device, info),
    limits: { ...limitsOf(device), ...limits },
    get isLost() {
      return lost !== undefined;
    },
    check() {
      if (lost) throw new GpuError('lost', `the device ${adapter} was lost (${lost.reason}: ${lost.message})`);
      const error = wrong;
      wrong = undefined;
      if (error) throw reported(error, 'a command');
    },
    release: () => ours && device.destroy(),
  };
  known.set(device, gpu);
  return gpu;
}

function limitsOf({ limits }: GPUDevice | GPUAdapter): GpuLimits {
  return Object.fromEntries(wantedLimits.map((name) => [name, limits[name]])) as GpuLimits;
}

function featuresOf({ features }: GPUDevice, info: Partial<GPUAdapterInfo>): GpuFeatures {
  const { subgroupMinSize = 4, subgroupMaxSize = 128 } = info; // all that WebGPU allows, where it isn't told
  const subgroups = features.has('subgroups');
  return {
    subgroups,
    subgroupSizes: subgroups ? [subgroupMinSize, subgroupMaxSize] : [1, 1],
    timestamps: features.has('timestamp-query'),
    f16: features.has('shader-f16'),
  };
}

function nameOf({ vendor = '', architecture = '', device = '', description = '' }: Partial<GPUAdapterInfo>): string {
  const parts = [`${vendor} ${architecture}`.trim(), device, description].filter((part) => part !== '');
  return [...new Set(parts)].join(', ') || 'an adapter that does not tell its name';
}

function isSoftware(info: Partial<GPUAdapterInfo>): boolean {
  if (info.isFallbackAdapter) return true;
  return /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i.test(nameOf(info));
}
