/**
 * The one module that touches the internals of tfjs: its engine's fields and its kernel registry.
 * Everything else uses tfjs's public operations.
 */
import * as tf from '@tensorflow/tfjs';

/** The fields of the engine that tfjs keeps private and that restoring its state needs. */
interface EngineState {
  backendName: string;
  backendInstance: tf.KernelBackend | null;
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
const starting = new Map<string, tf.KernelBackend | Promise<tf.KernelBackend>>();

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

/** The name of the backend on which a tensor's values live. */
export function backendOf(tensor: tf.Tensor): string {
  const holder = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
  const { registry } = tf.engine();
  return Object.keys(registry).find((name) => registry[name] === holder) ?? tf.getBackend();
}

/** A kernel: its name and its definition as a composite of tfjs operations. */
export interface KernelDefinition<I, A> {
  readonly name: string;
  /** What the kernel computes. Runs inside `tf.tidy`; fused forms are tested against it. */
  composite(inputs: I, attributes: A): tf.Tensor[];
}

/**
 * Makes a definition callable as a tfjs kernel. It is registered for a backend the first time that backend runs it,
 * so importing this package registers nothing.
 */
export function defineKernel<I extends { [name in keyof I]: tf.Tensor }, A extends { [name in keyof A]: unknown }>(
  definition: KernelDefinition<I, A>,
): (inputs: I, attributes: A) => tf.Tensor[] {
  const { name } = definition;
  return (inputs, attributes) => {
    const backendName = tf.getBackend();
    if (!(tf.getKernel(name, backendName) as tf.KernelConfig | undefined)) {
      tf.registerKernel({
        kernelName: name,
        backendName,
        kernelFunc: (call) =>
          tf.tidy(() => definition.composite(call.inputs as unknown as I, call.attrs as unknown as A)),
      });
    }
    return tf.engine().runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap);
  };
}
