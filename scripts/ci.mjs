/**
 * All of CI, past failures; the last line has the counts. Steps run beside each other and print when they end. The
 * tests run with the full tables of cases. Uses nothing but Node until npm ci is done.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSteps } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'otmix-ci-'));

/** A run of vitest with the full tables of cases, and where it reports. */
function tests(name, args, { through = [] } = {}) {
  const report = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  return {
    ...{ name, report, counts: 'vitest', minutes: 60, cores: 2, needs: ['build'], env: { OTMIX_TESTS: 'full' } },
    command: [...through, 'npx', 'vitest', 'run', '--maxWorkers=2', ...args, ...reporters],
  };
}

const lavapipe = ['sh', 'scripts/with-lavapipe.sh'];
const node = ['--project', 'node'];

/**
 * A step counts as one, or as what its `counts` says: `printed`, by its own last line, or `vitest`, by the JSON report.
 */
const steps = [
  { name: 'install', command: ['npm', 'ci'] },
  { name: 'build', command: ['npm', 'run', 'build'], needs: ['install'] },
  { name: 'check', command: ['npm', 'run', 'check'], needs: ['build'] },
  { name: 'lint', command: ['npm', 'run', 'lint'], needs: ['build'] },
  { name: 'format', command: ['npm', 'run', 'format'], needs: ['install'] },
  tests('test', [...node, '--exclude', 'test/webgpu/**']),
  tests('test WebGPU on SwiftShader', [...node, 'test/webgpu/']),
  tests('test in Chromium', ['--project', 'browser']),
  // Two drivers by the full tables would take half an hour more.
  {
    ...tests('test WebGPU on lavapipe', [...node, 'test/webgpu/', '--exclude', 'test/webgpu/shapes.test.ts'], {
      through: lavapipe,
    }),
    env: {},
  },
  { ...tests('test one case of every kind', []), env: {} }, // what npm test runs
  { name: 'API reference', command: ['npx', 'typedoc'], needs: ['build'] },
  page('examples of README and docs', ['node', 'scripts/page-examples.mjs']),
  // Bits of relaxed SIMD and of WebGPU depend on the processor.
  { name: 'fingerprint', command: ['node', 'dist/bench/fingerprint/main.js', '--only', 'cpu'], needs: ['build'] },
  page('pack', ['node', 'scripts/pack-check.mjs']),
  page('pack on Node 24', ['npx', '--yes', '-p', 'node@24', 'node', 'scripts/pack-check.mjs']),
  {
    name: 'bench bundle',
    command: ['node', 'scripts/bundle-bench.mjs', '--out', join(scratch, 'bundle')],
    needs: ['build'],
  },
];

/** A script that prints its counts. */
function page(name, command) {
  return { name, command, counts: 'printed', needs: ['build'], minutes: 30 };
}

const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
const failures = [];
await runSteps(steps, { cwd: root }, (step, { status, seconds, lines }) => {
  const printed = print(step, lines);
  const counts = countsOf(step, status, printed);
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  const mark = counts.failed === 0 ? 'ok  ' : 'FAIL';
  summary.push(`${mark} ${seconds.toFixed(1).padStart(7)} s  ${step.name}: ${line(counts)}`);
  console.log(`<<< ${step.name}: ${mark.trim()} after ${seconds.toFixed(1)} s`);
  return step.name !== 'install' || existsSync(join(root, 'node_modules/.bin/vitest')); // else nothing can run
});
rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nFailed tests:\n\n${failures.join('\n\n')}`);
console.log(`\n${summary.join('\n')}\n\n${line(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Prints what a step said, but for a line of counts, which it returns: only the last of all may look like that. */
function print({ name }, lines) {
  console.log(`\n=== ${name}`);
  let printed = null;
  for (const text of lines) {
    const match = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(text);
    if (match === null) console.log(text);
    else printed = { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
  }
  return printed;
}

/** The counts of a step; one that failed without saying what, or says it passed but counted nothing, is a failure. */
function countsOf({ name, counts, report }, status, printed) {
  const own = counts === 'vitest' ? vitestCounts(name, report) : counts === 'printed' ? printed : null;
  if (counts === undefined || own === null) {
    const passed = counts === undefined && status === 0 ? 1 : 0;
    return { passed, failed: 1 - passed, skipped: 0 };
  }
  return { ...own, failed: status === 0 ? own.failed : Math.max(own.failed, 1) };
}

/**
 * A file that failed without a failed test in it, because it did not load or its set-up threw, counts as one failure.
 */
function vitestCounts(step, path) {
  if (!existsSync(path)) return null;
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  for (const { name, message, assertionResults } of report.testResults.filter(({ status }) => status === 'failed')) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName, failureMessages } of failed)
      failures.push(`${step}: ${fullName}\n${failureMessages.join('\n')}`);
    if (failed.length === 0) failures.push(`${step}: ${name}\n${message}`);
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped };
}

function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
