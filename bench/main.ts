/** `npm run bench [-- cpu|fit|composites|flights|sinkhorn] [--quick] [--json FILE]`: correctness first, then speed beside the peers. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { benchComposites } from './composites.js';
import { benchCpu, cpuTable } from './cpu.js';
import { benchFit, fitTable } from './fit.js';
import { benchFlights, flightsTable } from './flights.js';
import { machine } from './machine.js';
import { benchSinkhorn } from './sinkhorn.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
// Without a name everything runs, small; the flights, which have one size, and transport only by name.
const wanted = positionals.length > 0 ? positionals : ['cpu', 'fit', 'composites'];
const quick = values.quick || positionals.length === 0;
const unknown = wanted.find((name) => !['cpu', 'fit', 'composites', 'flights', 'sinkhorn'].includes(name));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: expected cpu, fit, composites, flights or sinkhorn, got ${unknown}; name one of these or none\n`,
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
if (wanted.includes('flights')) process.stdout.write(`${flightsTable(await benchFlights(1e-6, say))}\n`);
if (wanted.includes('sinkhorn')) process.stdout.write(`${await benchSinkhorn(quick, say)}\n`);
