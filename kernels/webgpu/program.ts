/** Compiles WGSL to pipelines, once per device, and runs them. */
import { forDevice } from './subgroups.js';

/**
 * How a kernel uses a binding: uniforms with an offset of their own per dispatch, storage it reads, storage it writes.
 */
export type Binding = 'uniform' | 'read' | 'write';

export interface ProgramCode {
  /** For errors and profiles; says what was generated. */
  readonly label: string;
  readonly code: string;
  /** In the order of their numbers, all in group 0. */
  readonly bindings: readonly Binding[];
}

/** A kernel that a device can run. */
export interface Program {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const buffers = {
  uniform: { type: 'uniform', hasDynamicOffset: true },
  read: { type: 'read-only-storage' },
  write: { type: 'storage' },
} as const satisfies Record<Binding, GPUBufferBindingLayout>;

const compiled = new WeakMap<GPUDevice, Map<string, Promise<Program>>>();

/**
 * The program for this code on this device, compiled the first time it is asked for.
 * Rejects with the compiler's message.
 */
export function programOf(device: GPUDevice, code: ProgramCode): Promise<Program> {
  const known = compiled.get(device) ?? new Map<string, Promise<Program>>();
  compiled.set(device, known);
  const program = known.get(code.code) ?? compile(device, code);
  known.set(code.code, program);
  program.catch(() => known.delete(code.code)); // memory may have been short
  return program;
}

async function compile(device: GPUDevice, { label, code, bindings }: ProgramCode): Promise<Program> {
  device.pushErrorScope('validation'); // the compiler's messages say it better
  const module = device.createShaderModule({ label, code: forDevice(code, device) });
  const [{ messages }] = await Promise.all([module.getCompilationInfo(), device.popErrorScope()]);
  const error = messages.find(({ type }) => type === 'error');
  if (error) throw new Error(`WebGPU kernel "${label}", line ${error.lineNum}: ${error.message}`);
  const layout = device.createBindGroupLayout({
    label,
    entries: bindings.map((binding, index) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: buffers[binding],
    })),
  });
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  });
  return { label, pipeline, layout };
}

/** A grid of so many workgroups, in two dimensions where one is too short. */
export function grid(groups: number, limit: number): readonly [number, number] {
  if (groups <= limit) return [groups, 1];
  const height = Math.ceil(groups / limit);
  return [Math.ceil(groups / height), height];
}
