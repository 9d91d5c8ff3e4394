/**
 * `npm run fingerprint [-- --only TEXT] [--expect TEXT]` repeats runs of the public API and compares every bit with
 * `record.json`; `--record` writes that. Runs with the text of `--expect` in their names may differ.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { described, difference } from './compare.js';
import { driverVariables } from './driver.js';
import { encoded, type Encoded } from './encode.js';
import { readRecord, writeRecord } from './record.js';
import { requireBackends, runs, type Build, type Run } from './runs.js';

type Results = Readonly<Record<string, Encoded>>;

const root = new URL('../../../', import.meta.url);
const path = new URL('bench/fingerprint/record.json', root);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

const { values: asked } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    expect: { type: 'string' },
    child: { type: 'string' },
    out: { type: 'string', default: '' },
  },
});

function chosen(build: Build): Run[] {
  return runs.filter((run) => run.build === build && run.name.includes(asked.only));
}

/** In a process of its own: all runs of one build, as JSON into a file. */
async function child(build: Build, out: string): Promise<void> {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  await requireBackends(chosen(build), build);
  const results: Record<string, Encoded> = {};
  for (const { name, result } of chosen(build)) {
    const before = performance.now();
    try {
      results[name] = encoded(await result());
    } catch (error) {
      results[name] = { error: error instanceof Error ? error.message : String(error) };
      process.stderr.write(`${name}: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
    }
    const seconds = (performance.now() - before) / 1000;
    if (seconds > 2) process.stderr.write(`${name}: ${seconds.toFixed(1)} s\n`);
  }
  writeFileSync(out, JSON.stringify(results));
  process.exit(); // a device that is still open would keep it alive
}

/** What the runs of one build give, in an engine that has its instructions and finds a Vulkan driver. */
function resultsOf(build: Build): Results {
  if (chosen(build).length === 0) return {};
  const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
  const out = join(folder, 'results.json');
  const old = process.versions.node.startsWith('20.'); // later engines have relaxed SIMD without asking
  const flag = build === 'relaxed' ? 'experimental' : 'no-experimental';
  const flags = old ? [`--${flag}-wasm-relaxed-simd`] : [];
  const own = [fileURLToPath(import.meta.url), '--child', build, '--out', out, '--only', asked.only];
  try {
    const env = { ...process.env, ...driverVariables(fileURLToPath(root)) };
    const { status } = spawnSync(process.execPath, [...flags, ...own], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) throw new Error(`fingerprint: the runs of ${build} SIMD ended with status ${status}`);
    return JSON.parse(readFileSync(out, 'utf8')) as Results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function record(results: Results): Promise<void> {
  const failed = Object.entries(results).filter(([, result]) => Object.hasOwn(result as object, 'error'));
  if (failed.length > 0) throw new Error(`fingerprint: ${failed.map(([name]) => name).join('; ')} failed`);
  const before = asked.only === '' ? {} : (await readRecord(path)).runs;
  const platform = `${process.platform} ${process.arch}`;
  await writeRecord(path, { node: process.version, platform, runs: { ...before, ...results } });
  print(`${Object.keys(results).length} runs recorded`);
}

async function compare(results: Results): Promise<void> {
  const { node, platform, runs: recorded } = await readRecord(path);
  const here = `${process.platform} ${process.arch}`;
  if (node !== process.version || platform !== here) {
    print(`recorded by Node ${node} on ${platform}, now ${process.version} on ${here}: bits may differ for that`);
  }
  const names = new Set([
    ...Object.keys(recorded).filter((name) => name.includes(asked.only)),
    ...Object.keys(results),
  ]);
  let [differ, expected] = [0, 0];
  for (const name of names) {
    const [before, now] = [recorded[name], results[name]];
    const found = before === undefined || now === undefined ? undefined : difference(before, now);
    if (before !== undefined && now !== undefined && !found) continue;
    differ++;
    const asExpected = asked.expect !== undefined && name.includes(asked.expect);
    if (asExpected) expected++;
    const what = found ? described(found) : before === undefined ? 'not recorded' : 'no longer run';
    print(`${asExpected ? 'expected: ' : ''}${name}: ${what}`);
  }
  print(`${names.size} runs, ${names.size - differ} same bits, ${differ} differ`);
  if (differ > expected) process.exitCode = 1;
}

if (asked.child !== undefined) await child(asked.child as Build, asked.out);
else {
  const results = { ...resultsOf('plain'), ...resultsOf('relaxed') };
  await (asked.record ? record(results) : compare(results));
}
