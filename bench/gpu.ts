/**
 * `npm run bench -- gpu`: the WebGPU kernels, right first, then how fast, beside what the
 * device can do and beside PyTorch.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { GpuBackend } from '../kernels/webgpu/tfjs.js';
import { webgpuDevice } from '../src/backend/webgpu.js';
import { loadDataset, type Dataset } from '../src/data/dataset.js';
import { version } from '../src/base/version.js';
import { describeAdapter, openAdapter, type AdapterChoice } from './gpu/adapter.js';
import { Budget } from './gpu/budget.js';
import { ceilingsOf } from './gpu/ceilings.js';
import { checkKernels, checkLarge, requireAlike } from './gpu/check.js';
import { cloudOf, recorded, type Cloud } from './gpu/cloud.js';
import { measure, type Bench, type GpuResult } from './gpu/measure.js';
import { Probe } from './gpu/probe.js';
import { handoversOf, handoversTable, type Handover } from './gpu/handovers.js';
import { groupsFor, sizesOf, type Group } from './gpu/sizes.js';
import { ceilingsText, gpuTable, programsTable, torchTable, worthTable } from './gpu/table.js';
import { worthOf, type Worth } from './gpu/worth.js';
import type { Machine } from './machine.js';
import { findTorch, runTorch, type TorchResult } from './peers/torch.js';
import { digits } from './table.js';

export interface GpuBenchOptions {
  /** Fewer rows, and on a software adapter smaller mixtures. */
  readonly quick: boolean;
  readonly adapter?: AdapterChoice;
  /** Rows of every problem, instead of what suits the adapter. */
  readonly rows?: number | undefined;
  /** Where to write all figures; written again after each group of sizes, so that what was measured is kept. */
  readonly json?: string | undefined;
  /** Seconds that all of it may take, PyTorch too; default no limit. What is left out is said. */
  readonly seconds?: number | undefined;
  /** Where PyTorch computes: CUDA, or for tests the CPU. */
  readonly torch?: 'cuda' | 'cpu';
}

type Print = (text: string) => void;

export async function benchGpu(
  machine: Machine,
  options: GpuBenchOptions,
  print: Print,
  say: Print,
): Promise<GpuResult[]> {
  const began = performance.now();
  const budget = new Budget(options.seconds ?? Infinity);
  const stamped: Print = (text) => say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  const gpu = await openAdapter(options.adapter);
  const probe = new Probe(gpu); // before any buffer is made
  const scratch = await mkdtemp(join(tmpdir(), 'otmix-bench-'));
  try {
    const about = await describeAdapter(gpu);
    print([about.adapter, about.driver, `webgpu ${about.webgpu}`].filter((text) => text !== '').join(', '));
    const backend = { name: 'webgpu', gpu };
    const groups = groupsFor(gpu.software, options.quick, options.rows);
    const checks = await checkAll(backend, groups, stamped);
    print(`Right in ${checks} checks against the float64 oracle and the CPU's kernel`);
    const ceilings = await ceilingsOf(gpu, probe);
    print(`${ceilingsText(ceilings)}\n`);
    const { torch: device = 'cuda', json, adapter } = options;
    const bench = { probe, ceilings, iterations: gpu.software ? 3 : 10 };
    const context = { backend, bench, budget, device, scratch, torch: await findTorch(device) };
    const versions = { otmix: version, node: process.versions.node, tfjs: tf.version_core };
    const head = {
      date: new Date().toISOString(),
      versions,
      machine,
      ...about,
      toggles: adapter?.toggles ?? [],
      ceilings,
    };
    const found = await measureAll(context, groups, stamped, async (figures) => {
      if (json !== undefined) await writeFile(json, `${JSON.stringify({ ...head, ...figures }, undefined, 1)}\n`);
    });
    printAll(found, context.torch, print);
    return found.results;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    gpu.release();
  }
}

interface Figures {
  readonly results: readonly GpuResult[];
  readonly worth: readonly Worth[];
  /** What passes between host and device in the parts of a fit. */
  readonly handovers: readonly Handover[];
  readonly torch: readonly TorchResult[];
  /** Why PyTorch has no figures where it was to have some. */
  readonly failures: readonly string[];
  /** What there was no time for. */
  readonly omitted: readonly string[];
}

/** All sizes, what is handed over, what each speed-up is worth, then PyTorch, while there is time; `keep` gets all figures so far after each. */
async function measureAll(
  context: Context,
  groups: readonly Group[],
  say: Print,
  keep: (figures: Figures) => Promise<void>,
): Promise<Figures & { readonly results: GpuResult[] }> {
  const { budget, torch } = context;
  const results: GpuResult[] = [];
  const worth: Worth[] = [];
  const peers: TorchResult[] = [];
  const failures: string[] = [];
  const handovers: Handover[] = [];
  const figures = { results, worth, handovers, torch: peers, failures, omitted: budget.omitted };
  const each = async (kind: string, some: readonly Group[], measured: (group: Group) => Promise<unknown>) => {
    const done: Group[] = [];
    for (const group of some) {
      if (await budget.spend(kind, `d = ${group.d}`, () => measured(group).then(() => true))) done.push(group);
      await keep(figures);
    }
    return done;
  };
  const loaded = await each('sizes', groups, async (group) =>
    results.push(...(await measureGroup(context, group, say, results))),
  );
  await each('handovers', loaded.slice(0, 1), async (group) => handovers.push(...(await handedOver(context, group))));
  const whole = loaded.filter(({ format }) => format === undefined);
  await each('speed-ups', whole, async (group) =>
    worth.push(...(await worthOf(context.backend, group, context.bench))),
  );
  if ('missing' in torch) return figures;
  await each('PyTorch', whole, async (group) => {
    const found = await besideTorch(context, torch.python, group);
    if (typeof found === 'string') failures.push(found);
    else peers.push(found);
    say(`timed PyTorch at d = ${group.d}`);
  });
  return figures;
}

/** Small problems in every form, the forms and sizes to be measured, and many rows; those in float16 are held to float32. */
async function checkAll(backend: GpuBackend, groups: readonly Group[], say: Print): Promise<number> {
  const sizes = sizesOf(groups.filter(({ format }) => format === undefined));
  const count = await checkKernels(backend, sizes, say);
  const large = backend.gpu.software ? sizes.slice(-1) : sizes.filter(({ d }) => d === 64).slice(0, 2);
  for (const size of large) say(`right: ${await checkLarge(backend, { ...size, n: Math.min(size.n, 1_200_000) })}`);
  return count + large.length;
}

interface Context {
  readonly budget: Budget;
  readonly backend: GpuBackend;
  readonly bench: Bench;
  readonly torch: { readonly python: string } | { readonly missing: string };
  readonly device: 'cuda' | 'cpu';
  readonly scratch: string;
}

/** Sizes of one group; where there is a PyTorch its rows are left in a file for that. */
async function measureGroup(
  context: Context,
  group: Group,
  say: Print,
  before: readonly GpuResult[],
): Promise<GpuResult[]> {
  const { n, d, format } = group;
  const cloud = cloudOf(n, d);
  const source = 'python' in context.torch && !format ? recorded(cloud.source, fileOf(context, group)) : cloud.source;
  const dataset = await loadDataset(source, {
    device: webgpuDevice(context.backend),
    missing: 'error',
    commonScale: true,
    ...(format && { format }),
  });
  say(`loaded ${n.toLocaleString('en')} × ${d}, ${digits(context.bench.probe.rowBytes / 1e6)} MB on the device`);
  const found = await measureFits(dataset, cloud, group, context.bench, say);
  for (const { covariance, k, objective } of format ? found : []) {
    const same = before.find((one) => one.covariance === covariance && one.d === d && one.k === k && !one.format);
    if (same) requireAlike(objective, same.objective, `${covariance}, d = ${d}, k = ${k}`);
  }
  return found;
}

/** Of the first fit of a group, and rows that are soon swept: what is handed over is no matter of time. */
async function handedOver({ backend }: Context, group: Group): Promise<Handover[]> {
  const { d, fits } = group;
  const n = Math.min(group.n, 200_000);
  const { source, start } = cloudOf(n, d);
  const device = webgpuDevice(backend, { tuneFrom: Infinity });
  const dataset = await loadDataset(source, { device, missing: 'error', commonScale: true });
  try {
    return await handoversOf(backend.gpu, dataset, { ...fits[0], d }, start(fits[0].k));
  } finally {
    dataset.shard.dispose();
  }
}

const fileOf = ({ scratch }: Context, { d }: Group): string => join(scratch, `rows-${d}.npy`);

/** PyTorch's figures of a group, or why there are none; its file is removed. */
async function besideTorch(context: Context, python: string, group: Group): Promise<TorchResult | string> {
  const { bench, budget, device } = context;
  const { n, d } = group;
  const data = fileOf(context, group);
  const { start } = cloudOf(n, d);
  const fits = group.fits.map((fit) => ({ ...fit, start: start(fit.k) }));
  try {
    return await runTorch(python, { data, n, d, iterations: bench.iterations, device, fits }, budget.left);
  } catch (error) {
    return `d = ${d}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await rm(data);
  }
}

/** All of a group on one device; frees the rows. */
async function measureFits(dataset: Dataset, cloud: Cloud, { n, d, fits, format }: Group, bench: Bench, say: Print) {
  const results: GpuResult[] = [];
  try {
    for (const { covariance, k } of fits) {
      results.push(await measure(dataset, { covariance, n, d, k, ...(format && { format }) }, cloud.start(k), bench));
      say(`measured ${covariance}, d = ${d}, k = ${k}${format ? `, ${format}` : ''}`);
    }
    return results;
  } finally {
    dataset.shard.dispose();
  }
}

function printAll(
  { results, worth, handovers, torch: peers, failures, omitted }: Figures,
  found: Context['torch'],
  print: Print,
): void {
  print(`${gpuTable(results)}\n\n${programsTable(results)}\n\n${handoversTable(handovers)}\n\n${worthTable(worth)}\n`);
  for (const one of omitted) print(`Left out for want of time: ${one}`);
  for (const failure of failures) print(`PyTorch failed at ${failure}`);
  if (peers.length === 0) {
    print(`PyTorch with CUDA was not timed (${'missing' in found ? found.missing : 'it failed'})`);
    return;
  }
  const [{ torch, cuda, device }] = peers;
  const lines = peers.flatMap((peer) => peer.results);
  print(torchTable(results, lines));
  print(`\nPeer: PyTorch ${torch}, CUDA ${cuda ?? 'none'}, ${device}; float32, TF32 off unless stated`);
}
