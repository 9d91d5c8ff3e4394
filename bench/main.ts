/**
 * `npm run bench [-- cpu|fit|composites|gpu] [--quick] [--json FILE]`: correctness first, then speed beside the peers.
 * For `gpu` also `--adapter NAME`, `--rows N`, `--dawn TOGGLE,…` (such as disable_robustness) and `--torch cpu`, to try
 * PyTorch without a GPU.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { benchComposites } from './composites.js';
import { benchCpu, cpuTable } from './cpu.js';
import { benchFit, fitTable } from './fit.js';
import { benchGpu } from './gpu.js';
import { machine } from './machine.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    adapter: { type: 'string' },
    dawn: { type: 'string', default: '' },
    rows: { type: 'string' },
    torch: { type: 'string', default: 'cuda' },
  },
});
const wanted = positionals.length > 0 ? positionals : ['cpu', 'fit', 'composites'];
// Without a name everything that needs no GPU runs, small.
const quick = values.quick || positionals.length === 0;
const unknown = wanted.find((name) => !['cpu', 'fit', 'composites', 'gpu'].includes(name));
if (unknown !== undefined) {
  process.stderr.write(`bench: expected cpu, fit, composites or gpu, got ${unknown}; name one of these or none\n`);
  process.exit(2);
}
if (values.json !== undefined && wanted.includes('cpu') && wanted.includes('gpu')) {
  process.stderr.write('bench: expected one bench to write to --json, got cpu and gpu; run them one after the other\n');
  process.exit(2);
}

tf.enableProdMode();
const here = await machine();
process.stdout.write(
  `${here.cpu}, ${here.threads} threads, Node ${here.node}, tfjs ${tf.version_core}, SIMD ${here.simd}, ` +
    `${here.peak.toFixed(1)} GFLOP/s of multiply-adds on one thread\n\n`,
);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
if (wanted.includes('cpu')) {
  const results = await benchCpu(here, quick, say);
  process.stdout.write(`${cpuTable(results)}\n\n`);
  if (values.json !== undefined) {
    await writeFile(
      values.json,
      `${JSON.stringify({ machine: here, date: new Date().toISOString(), results }, undefined, 1)}\n`,
    );
  }
}
if (wanted.includes('fit')) {
  const fits = await benchFit(quick ? 50_000 : 300_000, 3, say);
  process.stdout.write(`${fitTable(fits)}\n\n`);
}
if (wanted.includes('composites')) process.stdout.write(`${await benchComposites()}\n`);
if (wanted.includes('gpu')) {
  const { adapter: name, json } = values;
  const adapter = { name, toggles: values.dawn.split(',').filter((toggle) => toggle !== '') };
  const rows = values.rows === undefined ? undefined : Number(values.rows);
  const torch = values.torch === 'cpu' ? 'cpu' : 'cuda';
  if ((rows !== undefined && !(Number.isSafeInteger(rows) && rows > 0)) || torch !== values.torch) {
    process.stderr.write('bench: expected --rows to be a whole number above 0, --torch cuda or cpu; correct them\n');
    process.exit(2);
  }
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    await benchGpu(here, { quick, adapter, json, rows, torch }, print, say);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error)); // no adapter, or a kernel that is wrong
    process.exitCode = 1;
  }
}
