/** `npm run bench [-- NAME …]`: correctness first, then speed beside the peers; `--help` has the names and options. */
import { writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../src/base/errors.js';
import { benchArguments, benchHelp, mistake, type BenchArguments, type BenchName } from './arguments.js';
import { benchCluster, clusterTable } from './cluster.js';
import { benchComposites } from './composites.js';
import { benchCpu, cpuTable } from './cpu.js';
import { benchFamilies, familiesTable } from './families.js';
import { benchFit, fitTable } from './fit.js';
import { benchFloat64, float64Table } from './float64.js';
import { benchFlights, flightsTable } from './flights.js';
import { benchGenerated, generatedTable } from './generated.js';
import { benchGpu } from './gpu.js';
import { benchLarge, largeTable } from './large.js';
import { benchLoad, loadTable } from './load.js';
import { machine, type Machine } from './machine.js';
import { benchPredict, predictTable } from './predict.js';
import { benchSample, sampleTable } from './sample.js';
import { benchSelect, selectTable } from './select.js';
import { benchMemory, memoryTable } from './memory.js';
import { simulationTable } from './simulate.js';
import { benchSinkhorn } from './sinkhorn.js';
import { benchSmall, smallTable } from './small.js';
import { benchStart, startTable } from './start.js';
import { benchTransport, transportTable } from './transport.js';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

type Bench = (asked: BenchArguments, here: Machine) => Promise<void>;

const runs: Readonly<Record<BenchName, Bench>> = {
  cpu,
  fit: async ({ quick }) => print(`${fitTable(await benchFit(quick ? 50_000 : 300_000, 3, say))}\n`),
  families,
  float64: async ({ quick }) => print(`${float64Table(await benchFloat64(quick ? 3 : 9, say))}\n`),
  load: async ({ quick }) => print(`${loadTable(await benchLoad(quick ? 50_000 : 200_000, quick ? 3 : 7, say))}\n`),
  start: async ({ quick }) => print(`${startTable(await benchStart(quick ? 5 : 15, say))}\n`),
  small: async ({ quick }) => print(`${smallTable(await benchSmall(quick ? 50 : 300))}\n`),
  predict: async ({ quick }) =>
    print(`${predictTable(await benchPredict(quick ? 50_000 : 200_000, quick ? 3 : 9, say))}\n`),
  sample: async ({ quick }) => print(`${sampleTable(await benchSample(quick, say))}\n`),
  select: async ({ quick }) => print(`${selectTable(await benchSelect(quick ? 10_000 : 100_000, say))}\n`),
  memory: async ({ quick }) => {
    const rows = quick ? 1_000_000 : 10_000_000;
    print(`${memoryTable(rows, await benchMemory(rows, say))}\n`);
  },
  cluster: async ({ quick }) => print(`${clusterTable(await benchCluster(quick ? 20 : 100, say))}\n`),
  simulate: () => {
    print(`${simulationTable()}\n`);
    return Promise.resolve();
  },
  large: async ({ quick, table, json, rows = quick ? 1_000_000 : 10_000_000 }, here) => {
    const runs = quick || table !== undefined ? 1 : 3;
    const result = await benchLarge({ rows, table, runs }, say);
    print(`${largeTable(result)}\n`);
    await publish([result], json, here);
  },
  generated: async ({ quick, rows = quick ? 1_000_000 : 1_000_000_000 }) =>
    print(`${generatedTable(await benchGenerated(rows))}\n`),
  composites: async () => print(await benchComposites()),
  flights: async () => print(flightsTable(await benchFlights(1e-6, say))),
  transport: async () => print(transportTable(await benchTransport(20_000, say))),
  sinkhorn: async ({ quick }) => print(await benchSinkhorn(quick, say)),
  gpu,
};

async function cpu({ quick, only, json }: BenchArguments, here: Machine): Promise<void> {
  const results = await benchCpu(here, { quick, only }, say);
  if (results.length === 0) throw mistake('--only to name problems such as full or 200000x16x16', only.join(','));
  print(`${cpuTable(results)}\n`);
  await publish(results, json, here);
}

async function families({ quick, only, json }: BenchArguments, here: Machine): Promise<void> {
  const results = await benchFamilies(here, { quick, only }, say);
  if (results.length === 0) throw mistake('--only to name families such as bernoulli or product', only.join(','));
  print(`${familiesTable(results)}\n`);
  await publish(results, json, here);
}

/** Writes figures with the machine that they are of, where a file is named. */
async function publish(results: readonly object[], path: string | undefined, here: Machine): Promise<void> {
  if (path === undefined) return;
  const file = { machine: here, date: new Date().toISOString(), results };
  await writeFile(path, `${JSON.stringify(file, undefined, 1)}\n`);
}

async function gpu({ quick, adapter, dawn, json, rows, seconds, torch }: BenchArguments, here: Machine): Promise<void> {
  try {
    await benchGpu(here, { quick, adapter: { name: adapter, toggles: dawn }, json, rows, seconds, torch }, print, say);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error)); // no adapter, or a kernel that is wrong
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const asked = benchArguments(process.argv.slice(2));
  if (asked === 'help') {
    print(benchHelp());
    return;
  }
  tf.enableProdMode();
  const here = await machine();
  print(
    `${here.cpu}, ${here.threads} threads, Node ${here.node}, tfjs ${tf.version_core}, SIMD ${here.simd}, ` +
      `${here.peak.toFixed(1)} GFLOP/s of multiply-adds on one thread\n`,
  );
  for (const name of asked.names) await runs[name](asked, here);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
