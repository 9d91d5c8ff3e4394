/**
 * `npm run bench [-- NAME …] [--quick] [--json FILE]`: correctness first, then speed beside the peers. The names are in
 * `benches`; without one, those that are marked run, small. `--json` is for `cpu` and `gpu`; `--only full,16x16`
 * measures some problems of `cpu`. For `gpu` also `--adapter NAME`, `--rows N`, `--dawn TOGGLE,…` (such as
 * disable_robustness), and `--torch cpu`, to try PyTorch without a GPU.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { benchComposites } from './composites.js';
import { benchCpu, cpuTable } from './cpu.js';
import { benchFit, fitTable } from './fit.js';
import { benchFlights, flightsTable } from './flights.js';
import { benchGpu } from './gpu.js';
import { machine, type Machine } from './machine.js';
import { benchSinkhorn } from './sinkhorn.js';
import { benchTransport, transportTable } from './transport.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    adapter: { type: 'string' },
    dawn: { type: 'string', default: '' },
    rows: { type: 'string' },
    torch: { type: 'string', default: 'cuda' },
    only: { type: 'string', default: '' },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const quick = values.quick || positionals.length === 0;

interface Bench {
  /** Whether it runs where none is named: those that need no GPU and have a small size. */
  readonly unnamed?: boolean;
  run(here: Machine): Promise<unknown>;
}

const benches: Readonly<Record<string, Bench>> = {
  cpu: { unnamed: true, run: cpu },
  fit: { unnamed: true, run: async () => print(`${fitTable(await benchFit(quick ? 50_000 : 300_000, 3, say))}\n`) },
  composites: { unnamed: true, run: async () => print(await benchComposites()) },
  flights: { run: async () => print(flightsTable(await benchFlights(1e-6, say))) },
  transport: { run: async () => print(transportTable(await benchTransport(20_000, say))) },
  sinkhorn: { run: async () => print(await benchSinkhorn(quick, say)) },
  gpu: { run: gpu },
};

async function cpu(here: Machine): Promise<void> {
  const only = values.only.split(',').filter((part) => part !== '');
  const results = await benchCpu(here, { quick, only }, say);
  if (results.length === 0) return refuse('--only to name problems such as full or 200000x16x16', values.only);
  print(`${cpuTable(results)}\n`);
  if (values.json === undefined) return;
  const file = { machine: here, date: new Date().toISOString(), results };
  await writeFile(values.json, `${JSON.stringify(file, undefined, 1)}\n`);
}

async function gpu(here: Machine): Promise<void> {
  const adapter = { name: values.adapter, toggles: values.dawn.split(',').filter((toggle) => toggle !== '') };
  const rows = values.rows === undefined ? undefined : Number(values.rows);
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows > 0))
    refuse('--rows to be a whole number above 0', String(values.rows));
  const { torch } = values;
  if (torch !== 'cpu' && torch !== 'cuda') return refuse('--torch cuda or cpu', torch);
  try {
    await benchGpu(here, { quick, adapter, json: values.json, rows, torch }, print, say);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error)); // no adapter, or a kernel that is wrong
    process.exitCode = 1;
  }
}

function refuse(expected: string, got: string): never {
  say(`bench: expected ${expected}, got ${got}; correct it`);
  process.exit(2);
}

const wanted = positionals.length > 0 ? positionals : Object.keys(benches).filter((name) => benches[name].unnamed);
const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) refuse(`some of ${Object.keys(benches).join(', ')}`, unknown);
if (values.json !== undefined && wanted.includes('cpu') && wanted.includes('gpu')) {
  refuse('one bench to write to --json', 'cpu and gpu');
}

tf.enableProdMode();
const here = await machine();
print(
  `${here.cpu}, ${here.threads} threads, Node ${here.node}, tfjs ${tf.version_core}, SIMD ${here.simd}, ` +
    `${here.peak.toFixed(1)} GFLOP/s of multiply-adds on one thread\n`,
);
for (const name of wanted) await benches[name].run(here);
