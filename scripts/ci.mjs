/** All of CI, in order and past failures; the last line has the counts. Uses nothing but Node until npm ci is done. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'otmix-ci-'));
const results = join(scratch, 'vitest.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];

/**
 * A step counts as one, or as what its `counts` says: `printed`, by its own last line, or `vitest`, by the JSON report.
 */
const steps = [
  { name: 'install', command: ['npm', 'ci'] },
  { name: 'lint', command: ['npm', 'run', 'lint'] },
  { name: 'format', command: ['npm', 'run', 'format'] },
  { name: 'check', command: ['npm', 'run', 'check'] },
  { name: 'build', command: ['npm', 'run', 'build'] },
  { name: 'test', command: ['npm', 'test', '--', ...reporters], counts: 'vitest', minutes: 45 },
  {
    name: 'test WebGPU on lavapipe',
    command: [
      ...['sh', 'scripts/with-lavapipe.sh', 'npx', 'vitest', 'run', '--project', 'node', 'webgpu'],
      ...['--exclude', 'test/webgpu/shapes.test.ts', ...reporters],
    ],
    counts: 'vitest',
    minutes: 45,
  },
  { name: 'examples of README and docs', command: ['node', 'scripts/page-examples.mjs'], counts: 'printed' },
  { name: 'pack', command: ['node', 'scripts/pack-check.mjs'], counts: 'printed' },
  {
    name: 'pack on Node 24',
    command: ['npx', '--yes', '-p', 'node@24', 'node', 'scripts/pack-check.mjs'],
    counts: 'printed',
  },
  { name: 'bench bundle', command: ['node', 'scripts/bundle-bench.mjs', '--out', join(scratch, 'bundle')] },
];

const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
const failures = [];
for (const step of steps) {
  const start = performance.now();
  const { status, printed } = await run(step);
  const counts = countsOf(step, status, printed);
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(7);
  summary.push(`${counts.failed === 0 ? 'ok  ' : 'FAIL'} ${seconds} s  ${step.name}: ${line(counts)}`);
  if (step.name === 'install' && !existsSync(join(root, 'node_modules/.bin/vitest'))) break; // nothing else can run
}
rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nFailed tests:\n\n${failures.join('\n\n')}`);
console.log(`\n${summary.join('\n')}\n\n${line(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/**
 * Runs a step, passing on what it prints, except for a line of counts: only the last line of all may look like that.
 */
function run({ name, command: [program, ...args], minutes = 15 }) {
  console.log(`\n=== ${name}: ${program} ${args.join(' ')}`);
  rmSync(results, { force: true }); // those of another step are not this one's
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], timeout: minutes * 60_000 });
    let printed = null;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const match = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(text);
      if (match === null) console.log(text);
      else printed = { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
    });
    child.on('error', (error) => {
      console.log(`${program}: ${error.message}`);
      resolve({ status: 127, printed });
    });
    child.on('close', (code, signal) => {
      if (signal !== null) console.log(`${name}: ended by ${signal}; the limit is ${minutes} minutes`);
      resolve({ status: code ?? 1, printed });
    });
  });
}

/** The counts of a step; one that failed without saying what, or says it passed but counted nothing, is a failure. */
function countsOf({ counts }, status, printed) {
  const own = counts === 'vitest' ? vitestCounts() : counts === 'printed' ? printed : null;
  if (counts === undefined || own === null) {
    const passed = counts === undefined && status === 0 ? 1 : 0;
    return { passed, failed: 1 - passed, skipped: 0 };
  }
  return { ...own, failed: status === 0 ? own.failed : Math.max(own.failed, 1) };
}

/**
 * A file that failed without a failed test in it, because it did not load or its set-up threw, counts as one failure.
 */
function vitestCounts() {
  if (!existsSync(results)) return null;
  const report = JSON.parse(readFileSync(results, 'utf8'));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  for (const { name, message, assertionResults } of report.testResults.filter(({ status }) => status === 'failed')) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName, failureMessages } of failed) failures.push(`${fullName}\n${failureMessages.join('\n')}`);
    if (failed.length === 0) failures.push(`${name}\n${message}`);
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped };
}

function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
