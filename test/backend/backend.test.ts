import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { onBackend, registerQuietly, startBackend } from '../../kernels/engine.js';
import { backendNames, type BackendName } from '../../src/backend/backends.js';
import { probeBackend, resolveBackend } from '../../src/backend/resolve.js';
import { InputError } from '../../src/base/errors.js';
import { fitMixture } from '../../src/fit/fit.js';
import type { Mixture } from '../../src/mixture/mixture.js';
import { selectMixture } from '../../src/fit/select.js';
import { problem } from '../oracle/index.js';
import { startTfjsWasm } from '../devices.js';

const { x } = problem('separated', { n: 60, d: 2, k: 2, seed: 1 });

/** A backend of tfjs that keeps count of its tensors and can do no more. */
class Device extends tf.KernelBackend {
  private held = 0;
  override write(): object {
    this.held++;
    return {};
  }
  override disposeData(): boolean {
    this.held--;
    return true;
  }
  override numDataIds(): number {
    return this.held;
  }
  override dispose(): void {
    this.held = 0;
  }
}

/** What tfjs says without starting a backend to say it. */
const engine = tf.engine() as unknown as {
  readonly backendName: string | null | undefined;
  readonly backendInstance: tf.KernelBackend | null | undefined;
  readonly state: { readonly numTensors: number };
};

/**
 * As a program finds tfjs that has done nothing yet: no backend is active. Those that run keep running: it saves time.
 */
function deactivate(): void {
  Object.assign(engine, { backendName: null, backendInstance: null });
}

/** The same, and none is started. */
function forget(): void {
  tf.engine().reset();
  tf.enableProdMode(); // no banner each time the cpu backend starts
}

beforeAll(forget);
beforeEach(deactivate);
afterEach(() => expect(engine.state.numTensors, 'tensors left behind').toBe(0));

/** The active backend's name, and whether there is an instance of it: a failing test must not print one. */
const active = (): [string | null | undefined, boolean] => [engine.backendName, Boolean(engine.backendInstance)];

const refusal = (got: string): InputError =>
  new InputError('backend', {
    where: 'backend',
    expected: 'a usable one of auto, webgpu, tensorflow, webgl, wasm, cpu',
    got,
    remedy: "use 'auto', or see what `otmix doctor` says",
  });

describe('resolveBackend', () => {
  test('auto is wasm where there is no GPU', async () => {
    const [tensorflow, wasm] = [await probeBackend('tensorflow'), await probeBackend('wasm')];
    expect(await resolveBackend('auto')).toMatchObject(tensorflow.gpu ? tensorflow : wasm);
    expect(wasm).toMatchObject({ usable: true, gpu: false, reason: 'runs everywhere' });
    expect(wasm.adapter).toMatch(/^WebAssembly SIMD/);
  });

  test('a name is that backend, and says where its rows will live', async () => {
    expect(await resolveBackend('cpu')).toMatchObject({
      name: 'cpu',
      onHost: true,
      threads: 1,
    });
    expect(await resolveBackend('wasm', { threads: 3 })).toMatchObject({
      name: 'wasm',
      onHost: true,
      threads: 3,
    });
  });

  test.each(['gpu', 'WASM', '', 'toString'])('%j is unknown', async (name) => {
    await expect(resolveBackend(name as BackendName)).rejects.toThrow(
      refusal(`${JSON.stringify(name)} (no such backend)`),
    );
  });

  test('webgl is refused with the reason', async () => {
    await expect(resolveBackend('webgl')).rejects.toThrow(refusal('"webgl" (there is no WebGL outside browsers)'));
  });
});

describe('probeBackend', () => {
  beforeEach(forget);

  test.each(backendNames)('%s: says why it is or is not usable, and activates nothing', async (name) => {
    const report = await probeBackend(name);
    expect(report.name).toBe(name);
    expect(report.reason).not.toBe('');
    expect(report.gpu && !report.usable).toBe(false);
    expect(active()).toEqual([null, false]);
  });
});

type Data = tf.Tensor2D | number[][];
type Call = (fitted: Mixture, data: Data, backend: BackendName) => Promise<unknown>;

/** Every public call that computes. */
const calls: Readonly<Record<string, Call>> = {
  fitMixture: (_, data, backend) => fitMixture(data, { components: 2, backend }),
  'fitMixture with k-means': (_, data, backend) =>
    fitMixture(data, { components: 2, backend, seeding: 'k-means', restarts: 2 }),
  'fitMixture that fails': (_, data, backend) =>
    fitMixture(data, { components: 61, backend }).catch((error: unknown) => expect(error).toBeInstanceOf(InputError)),
  selectMixture: (_, data, backend) => selectMixture(data, { components: [1, 2], covariances: ['diag'], backend }),
  predict: (fitted, data, backend) => fitted.predict(data, { backend }),
  predictProba: (fitted, data, backend) => fitted.predictProba(data, { backend }),
  scoreSamples: (fitted, data, backend) => fitted.scoreSamples(data, { backend }),
  criteria: (fitted, data, backend) => fitted.criteria(data, { backend }),
  evaluate: (fitted, data, backend) => fitted.evaluate(data, () => undefined, { backend }),
};
const backends = ['cpu', 'wasm'] as const;

describe.each(Object.entries(calls).flatMap(([name, call]) => backends.map((on) => ({ name, call, on }))))(
  '$name on $on',
  ({ call, on }) => {
    let fitted: Mixture;
    beforeEach(async () => {
      fitted = (await fitMixture(x, { components: 2, backend: 'cpu' })).mixture;
      deactivate();
    });

    test.each(backends)('leaves tfjs’s %s active that was active before', async (before) => {
      await startTfjsWasm();
      await tf.setBackend(before);
      const instance = engine.backendInstance;
      await call(fitted, x, on);
      expect(engine.backendName).toBe(before);
      expect(engine.backendInstance === instance).toBe(true);
    });

    test('leaves none active where none was, and tfjs still picks its own', async () => {
      await call(fitted, x, on);
      expect(active()).toEqual([null, false]);
      await tf.ready();
      expect(tf.getBackend()).toBe('cpu');
    });

    test('lets the caller compute while it works', async () => {
      await startTfjsWasm();
      await tf.setBackend('wasm');
      let done = false;
      const work = call(fitted, x, on).finally(() => (done = true));
      while (!done) {
        expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3);
        expect(tf.getBackend()).toBe('wasm');
        await new Promise((resolve) => setTimeout(resolve));
      }
      await work;
    });

    test.each([
      ['cpu', 'wasm'],
      ['wasm', 'cpu'],
    ])('a tensor on tfjs’s %s stays there while %s is active', async (home, other) => {
      await startTfjsWasm();
      await tf.setBackend(home);
      const tensor = tf.tensor2d(x);
      await tf.setBackend(other);
      await call(fitted, tensor, on);
      expect(tf.getBackend()).toBe(other);
      expect(tensor.isDisposed).toBe(false);
      expect(tf.engine().state.tensorInfo.get(tensor.dataId)?.backend === tf.findBackend(home)).toBe(true);
      tensor.dispose();
    });
  },
);

describe('a tensor', () => {
  test.each(backends)('in memory, of tfjs’s %s, may be computed with on any backend of the CPU', async (home) => {
    await startTfjsWasm();
    await tf.setBackend(home);
    const tensor = tf.tensor2d(x);
    for (const backend of backends) {
      expect((await fitMixture(tensor, { components: 2, backend })).diagnostics.backend).toBe(backend);
    }
    expect((await resolveBackend('auto', { data: tensor })).name).toBe('wasm');
    tensor.dispose();
  });

  test('on a device is not moved to another backend', async () => {
    tf.registerBackend('otmix-device', () => new Device());
    await tf.setBackend('otmix-device');
    const tensor = tf.tensor2d(x);
    await expect(fitMixture(tensor, { components: 2, backend: 'wasm' })).rejects.toThrow(
      refusal('"wasm" (the tensor lives on "otmix-device")'),
    );
    tensor.dispose();
    tf.removeBackend('otmix-device');
  });
});

describe('the same fit', () => {
  test.each(backends)('on %s is the same bit for bit, whatever tfjs has active', async (backend) => {
    const options = { components: 2, backend, seed: 3 };
    const alone = await fitMixture(x, options);
    await startTfjsWasm();
    await tf.setBackend('wasm');
    const beside = await fitMixture(x, options);
    expect(beside.mixture.toJSON()).toEqual(alone.mixture.toJSON());
    expect(beside.objective).toEqual(alone.objective);
  });
});

describe('a backend that registers itself', () => {
  const name = 'otmix-test';
  const fail = (): never => {
    throw new Error('no device');
  };
  beforeEach(forget);
  afterEach(() => tf.removeBackend(name));

  test('does not stay active, nor become the default, as tfjs-node makes itself', async () => {
    await tf.setBackend('cpu');
    await registerQuietly(name, async () => {
      tf.registerBackend(name, () => new Device(), 100);
      await tf.setBackend(name);
    });
    expect(tf.getBackend()).toBe('cpu');
    forget();
    await tf.ready();
    expect(tf.getBackend()).toBe('cpu');
  });

  test('is left as it is where the caller registered it', async () => {
    tf.registerBackend(name, () => new Device(), 100);
    await registerQuietly(name, () => Promise.reject(new Error('loaded again')));
    await tf.ready();
    expect(tf.getBackend()).toBe(name);
  });

  test('starts once, however often it is asked for at once', async () => {
    let starts = 0;
    tf.registerBackend(name, async () => {
      starts++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return new Device();
    });
    expect(await Promise.all([startBackend(name), startBackend(name), startBackend(name)])).toEqual([true, true, true]);
    expect(await startBackend(name)).toBe(true);
    expect(starts).toBe(1);
    expect(engine.backendName).toBeNull();
  });

  test.each([
    ['throws', fail],
    ['rejects', () => Promise.reject(new Error('no device'))],
  ])('that %s when it starts is not usable', async (_, factory) => {
    tf.registerBackend(name, factory);
    expect(await startBackend(name)).toBe(false);
  });
});

describe('onBackend', () => {
  test('restores the caller’s backend when the computation throws', async () => {
    await startTfjsWasm();
    await tf.setBackend('cpu');
    const thrown = new Error('inside');
    const fail = (): never => {
      throw thrown;
    };
    expect(() => onBackend('wasm', fail)).toThrow(thrown);
    expect(tf.getBackend()).toBe('cpu');
  });

  test('gives back what was computed there', async () => {
    await startTfjsWasm();
    await tf.setBackend('cpu');
    expect(onBackend('wasm', () => tf.getBackend())).toBe('wasm');
  });
});
