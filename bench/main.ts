/** `npm run bench [-- cpu|fit|composites|transport] [--quick] [--json FILE]`: correctness first, then speed beside the peers. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { benchComposites } from './composites.js';
import { benchCpu, cpuTable } from './cpu.js';
import { benchFit, fitTable } from './fit.js';
import { machine } from './machine.js';
import { benchTransport, transportTable } from './transport.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const wanted = positionals.length > 0 ? positionals : ['cpu', 'fit', 'composites'];
// Without a name everything runs, small.
const quick = values.quick || positionals.length === 0;
const unknown = wanted.find((name) => !['cpu', 'fit', 'composites', 'transport'].includes(name));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: expected cpu, fit, composites or transport, got ${unknown}; name one of these or none\n`,
  );
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
if (wanted.includes('transport')) process.stdout.write(`${transportTable(await benchTransport(20_000, say))}\n`);
