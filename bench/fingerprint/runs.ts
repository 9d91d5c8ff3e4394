/** The table of all runs, by name: the backend first. Those of `sample` may change on purpose. */
import { fitMixture, probeBackend } from '../../src/index.js';
import { fitCases, type FitCase } from './cases.js';
import { drawn, evaluated, ofFile, reloaded, sampled, selected, watched } from './models.js';
import { observed, type Where } from './observe.js';
import { kernels, ofTensors } from './tensors.js';
import { divergences, large, ofClouds, ofCosts, unbalanced } from './transports.js';

/** `relaxed` runs need an engine that has relaxed SIMD on, `plain` ones one that has it off or has none. */
export type Build = 'plain' | 'relaxed';

export interface Run {
  readonly name: string;
  readonly build: Build;
  readonly result: () => Promise<object> | object;
}

const backends: Readonly<Record<string, Where>> = {
  'simd 1 thread': { backend: 'wasm', threads: 1 },
  'simd 3 threads': { backend: 'wasm', threads: 3 },
  cpu: { backend: 'cpu' },
  webgpu: { backend: 'webgpu' },
};

const forms = ['full', 'tied', 'diag', 'spherical'] as const;

async function fit({ data, options }: FitCase, where: Where): Promise<object> {
  const { missing } = options;
  return observed(await fitMixture(data, { ...options, ...where }), data, { ...where, ...(missing && { missing }) });
}

function everywhere(build: Build, backend: string, where: Where): Run[] {
  const run = (name: string, result: Run['result']): Run => ({ name: `${backend}: ${name}`, build, result });
  return [
    ...fitCases.map((made) => run(`fit ${made.name}`, () => fit(made, where))),
    run('select', () => selected(where)),
    run('sinkhorn of clouds', () => ofClouds(where)),
  ];
}

function further(backend: string, where: Where): Run[] {
  const run = (name: string, result: Run['result']): Run => ({ name: `${backend}: ${name}`, build: 'plain', result });
  return [
    run('progress', () => watched(where)),
    run('toJSON, loadMixture', () => reloaded(where)),
    run('evaluate, criteria', () => evaluated(where)),
    run('sinkhorn of costs', () => ofCosts(where)),
    run('sinkhorn unbalanced', () => unbalanced(where)),
    run('sinkhornDivergence', () => divergences(where)),
  ];
}

function once(): Run[] {
  const where = backends['simd 1 thread'];
  const run = (name: string, result: Run['result'], build: Build = 'plain'): Run => ({ name, build, result });
  return [
    run('simd 1 thread: fit of a CSV file', () => ofFile('csv', where)),
    run('simd 3 threads: fit of a Parquet file', () => ofFile('parquet', backends['simd 3 threads'])),
    run('simd 1 thread: sinkhorn of many pairs', () => large(where)),
    run('simd 3 threads: sinkhorn of many pairs', () => large(backends['simd 3 threads'])),
    run('relaxed simd 1 thread: sinkhorn of many pairs', () => large(where), 'relaxed'),
    run('webgpu: sinkhorn of many pairs', () => large(backends.webgpu)),
    run('rows that are drawn', drawn),
    run('sample of a mixture', () => sampled(where)),
  ];
}

function onTensors(): Run[] {
  return (['cpu', 'wasm', 'webgpu'] as const).flatMap((name): Run[] => [
    ...forms.map((form): Run => {
      return { name: `tfjs ${name}: kernels ${form}`, build: 'plain', result: () => kernels(name, form) };
    }),
    { name: `tfjs ${name}: fit and sinkhorn of tensors`, build: 'plain', result: () => ofTensors(name) },
  ]);
}

export const runs: readonly Run[] = [
  ...Object.entries(backends).flatMap(([name, where]) => everywhere('plain', name, where)),
  ...everywhere('relaxed', 'relaxed simd 1 thread', { backend: 'wasm', threads: 1 }),
  ...everywhere('relaxed', 'relaxed simd 3 threads', { backend: 'wasm', threads: 3 }),
  ...(['simd 1 thread', 'cpu', 'webgpu'] as const).flatMap((name) => further(name, backends[name])),
  ...once(),
  ...onTensors(),
];

/** Throws where this machine has no adapter or engine for these runs, and names it. */
export async function requireBackends(asked: readonly Run[], build: Build): Promise<void> {
  const wasm = await probeBackend('wasm');
  const relaxed = wasm.adapter.includes('multiply-add');
  if (relaxed !== (build === 'relaxed')) {
    throw new Error(`fingerprint: expected an engine with ${build} SIMD, got ${wasm.adapter || wasm.reason}`);
  }
  if (!asked.some(({ name }) => name.includes('webgpu'))) return;
  const gpu = await probeBackend('webgpu');
  if (!gpu.usable) throw new Error(`fingerprint: expected a webgpu adapter, got none (${gpu.reason}); npm ci has one`);
  process.stderr.write(`webgpu: ${gpu.adapter}\n`);
}
