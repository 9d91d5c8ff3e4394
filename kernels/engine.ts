/**
 * The one module that touches the internals of tfjs: its engine's fields and its kernel registry.
 * Everything else uses tfjs's public operations.
 */
import { tf } from '#tfjs';
import type {
  DataType,
  GradConfig,
  KernelBackend,
  KernelConfig,
  NamedAttrMap,
  NamedTensorInfoMap,
  Tensor,
  TensorInfo,
} from '@tensorflow/tfjs';

/** The fields of the engine that tfjs keeps private and that restoring its state needs. */
interface EngineState {
  backendName: string;
  backendInstance: KernelBackend | null;
}

/**
 * Runs `compute` with `name` as tfjs's active backend and restores the caller's, also when it throws.
 * It must be synchronous: between awaits the caller's backend is always the active one.
 */
export function onBackend<T>(name: string, compute: () => T): T {
  const engine = tf.engine() as unknown as EngineState;
  const { backendName, backendInstance } = engine;
  if (backendName === name) return compute();
  // setBackend is asynchronous in name only: an initialised backend is active when the call returns.
  void tf.setBackend(name);
  try {
    return compute();
  } finally {
    if (backendName) void tf.setBackend(backendName);
    else Object.assign(engine, { backendName, backendInstance });
  }
}

/** Whether anyone has loaded tfjs: where nobody has, there are no tensors and no backends. */
export function isLoaded(): boolean {
  return '_tfengine' in globalThis;
}

/** Whether tfjs knows a backend of this name. Starts nothing. */
export function isRegistered(name: string): boolean {
  return name in tf.engine().registryFactory;
}

/**
 * Runs a module's registration of backend `name` without making it active, as tfjs-node makes itself, nor the one that
 * tfjs picks by default.
 */
export async function registerQuietly(name: string, load: () => Promise<unknown>): Promise<void> {
  if (isRegistered(name)) return;
  const engine = tf.engine() as unknown as EngineState;
  const { backendName, backendInstance } = engine;
  await load();
  if (!isRegistered(name)) return;
  tf.engine().registryFactory[name].priority = -1;
  if (engine.backendName === name) Object.assign(engine, { backendName, backendInstance });
}

/** Backends that are starting. */
const starting = new Map<string, KernelBackend | Promise<KernelBackend>>();

/**
 * Initialises a registered backend without activating it; false where it can't start. Not by `tf.findBackend`: while a
 * backend starts that way tfjs refuses all work, and a second start makes the first one fail.
 */
export async function startBackend(name: string): Promise<boolean> {
  if (!isRegistered(name)) return false;
  const { registry, registryFactory } = tf.engine();
  if (name in registry) return true;
  try {
    const start = starting.get(name) ?? registryFactory[name].factory();
    starting.set(name, start);
    const backend = await start;
    registry[name] ??= backend; // the caller may have started it too
    return true;
  } catch {
    return false;
  } finally {
    starting.delete(name);
  }
}

/** Whether a value is a tensor, by its methods, as `instanceof tf.Tensor` asks for it. */
export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  return ['data', 'dataSync', 'throwIfDisposed'].every((name) => name in value);
}

/** The name of the backend on which a tensor's values live. */
export function backendOf(tensor: Tensor): string {
  const holder = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
  const { registry } = tf.engine();
  return Object.keys(registry).find((name) => registry[name] === holder) ?? tf.getBackend();
}

/** The part of tfjs's WebGPU backend, whatever the name it is registered by, that fused kernels use. */
export interface WebGPUBackend {
  readonly device: { readonly limits: { readonly maxStorageBufferBindingSize: number } };
  runWebGPUProgram(
    program: object,
    inputs: readonly TensorInfo[],
    outputDtype: DataType,
    uniforms?: readonly { readonly type: string; readonly data: readonly number[] }[],
  ): TensorInfo;
}

function isWebGPU(backend: unknown): backend is WebGPUBackend {
  return typeof (backend as Partial<WebGPUBackend> | undefined)?.runWebGPUProgram === 'function';
}

/** Most bytes that one tensor of a backend's kernels may have: a storage binding's on WebGPU, elsewhere no limit. */
export function bindingLimit(name: string): number {
  const backend: unknown = tf.engine().registry[name];
  return isWebGPU(backend) ? backend.device.limits.maxStorageBufferBindingSize : Infinity;
}

/** A compute shader with one output, as tfjs's WebGPU backend runs it. */
export interface WebGPUProgram {
  /** Everything that `code` depends on: programs of the same key share a pipeline. */
  readonly key: string;
  /**
   * Functions, of which `fn main(index : i32)` is the entry. tfjs declares `result` (the output), an array
   * per input and the shapes of all in `uniforms`. The shader must read every input: tfjs drops the
   * binding of one that it does not.
   */
  readonly code: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputShape: readonly number[];
  /** In one dimension; tfjs makes two or three of it where they are more than 65,535. */
  readonly workgroups: number;
  /** Lanes per workgroup. */
  readonly lanes: number;
  /** float32 values, in `uniforms` by their names. */
  readonly uniforms?: Readonly<Record<string, number>>;
}

/** Runs a shader on a WebGPU backend; float32 output. */
export function runProgram(backend: WebGPUBackend, program: WebGPUProgram): TensorInfo {
  const { key, code, inputs, outputShape, workgroups, lanes, uniforms = {} } = program;
  // A new object for every call: tfjs writes into it.
  const description = {
    shaderKey: key,
    variableNames: Object.keys(inputs),
    outputShape: [...outputShape],
    uniforms: Object.keys(uniforms)
      .map((name) => `${name} : f32,`)
      .join(' '),
    workgroupSize: [lanes, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [workgroups, 1, 1],
    getUserCode: () => code,
  };
  const data = Object.values(uniforms).map((value) => ({ type: 'float32', data: [value] }));
  return backend.runWebGPUProgram(description, Object.values(inputs), 'float32', data);
}

/** The gradient of a kernel with respect to each of its inputs, computed where it is asked for. */
export type InputGradients<I> = { readonly [name in keyof I]: () => Tensor };

/** A kernel: its name, its definition as a composite of tfjs operations, and what else is known of it. */
export interface KernelDefinition<I, A> {
  readonly name: string;
  /** What the kernel computes. Runs inside `tf.tidy`; fused forms are tested against it. */
  composite(inputs: I, attributes: A): Tensor[];
  /** The fused form for tfjs's WebGPU backend. */
  webgpu?(inputs: I, attributes: A, backend: WebGPUBackend): TensorInfo[];
  /**
   * Gradients of a kernel with one output, from the gradient with respect to that. Of tfjs operations and kernels that
   * have gradients themselves, so that there are second derivatives.
   */
  gradient?(upstream: Tensor, inputs: I, attributes: A): InputGradients<I>;
}

/**
 * Makes a definition callable as a tfjs kernel. It is registered for a backend the first time that backend runs it,
 * so importing this package registers nothing.
 */
export function defineKernel<I extends { [name in keyof I]: Tensor }, A extends { [name in keyof A]: unknown }>(
  definition: KernelDefinition<I, A>,
): (inputs: I, attributes: A) => Tensor[] {
  const { name } = definition;
  return (inputs, attributes) => {
    const backendName = tf.getBackend();
    if (!(tf.getKernel(name, backendName) as KernelConfig | undefined)) {
      tf.registerKernel({
        kernelName: name,
        backendName,
        kernelFunc: (call) => compute(definition, call),
      });
      registerGradient(definition, Object.keys(inputs) as (keyof I & string)[]);
    }
    return tf.engine().runKernel(name, inputs, attributes as unknown as NamedAttrMap);
  };
}

function compute<I, A>(
  definition: KernelDefinition<I, A>,
  call: { inputs: NamedTensorInfoMap; attrs?: NamedAttrMap; backend: unknown },
): TensorInfo[] {
  const inputs = call.inputs as unknown as I;
  const attributes = call.attrs as unknown as A;
  if (definition.webgpu && isWebGPU(call.backend)) return definition.webgpu(inputs, attributes, call.backend);
  return tf.tidy(() => definition.composite(inputs, attributes));
}

/** Gradients are of a kernel on whatever backend, and are computed on the one that its inputs live on. */
function registerGradient<I, A>(definition: KernelDefinition<I, A>, names: readonly (keyof I & string)[]): void {
  const { name } = definition;
  if (!definition.gradient || (tf.getGradient(name) as GradConfig | undefined)) return;
  tf.registerGradient({
    kernelName: name,
    inputsToSave: [...names],
    gradFunc: (upstream, saved, attributes) => {
      const inputs = Object.fromEntries(names.map((input, index) => [input, saved[index]])) as unknown as I;
      const gradients = definition.gradient?.(upstream as Tensor, inputs, attributes as unknown as A);
      const home = backendOf(saved[0]);
      return Object.fromEntries(
        names.map((input) => [input, () => onBackend(home, () => (gradients as InputGradients<I>)[input]())]),
      );
    },
  });
}
