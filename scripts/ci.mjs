/**
 * All of CI, past failures; the last line has the counts. Steps run beside each other and print when they end. Every
 * test runs once, with the full tables of cases. Uses nothing but Node until npm ci is done.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countsOf, line, namesOf, readCounts } from './counts.mjs';
import { runSteps } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'otmix-ci-'));

/** A run of vitest, and where it reports; `OTMIX_TESTS` says of which files (vitest.config.ts). */
function tests(name, args, { through = [], env } = {}) {
  const report = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  return {
    ...{ name, report, counts: 'vitest', minutes: 60, cores: 2, needs: ['build'], env },
    command: [...through, 'npx', 'vitest', 'run', '--maxWorkers=2', ...args, ...reporters],
  };
}

/** What holds the kernels of a driver to the definition. Others take its compiler minutes. */
const parity = ['parity', 'sweeps', 'linear'].map((name) => `test/webgpu/${name}.test.ts`);
const lavapipe = { through: ['sh', 'scripts/with-lavapipe.sh'] };
const tensorflow = {
  through: ['sh', 'scripts/with-tensorflow.sh'],
  files: ['test/kernels/tensorflow.test.ts', 'test/fit/golden.test.ts', 'test/families/golden-fits.test.ts'],
};
const node = ['--project', 'node', '--project', 'alone'];

/**
 * A step counts as one, or as what its `counts` says: `printed`, by its own last line, or `vitest`, by the JSON report.
 */
const steps = [
  { name: 'install', command: ['npm', 'ci'] },
  { name: 'build', command: ['npm', 'run', 'build'], needs: ['install'] },
  page('Ray', ['sh', 'scripts/with-ray.sh', 'node', 'scripts/ray-check.mjs', '--faults', '3']), // long: small steps run beside it
  { name: 'check', command: ['npm', 'run', 'check'], needs: ['build'] },
  { name: 'lint', command: ['npm', 'run', 'lint'], needs: ['build'] },
  { name: 'format', command: ['npm', 'run', 'format'], needs: ['install'] },
  // All that npm test runs, and of each table every case: in two steps, either of which has its limit.
  tests('full tables', [], { env: { OTMIX_TESTS: 'tables' } }),
  tests('tests without tables', [], { env: { OTMIX_TESTS: 'others' } }),
  tests('WebGPU on lavapipe', [...node, ...parity], { ...lavapipe, env: { OTMIX_TESTS: 'kinds' } }),
  tests('tensorflow', [...node, ...tensorflow.files], { ...tensorflow, env: { OTMIX_TESTS: 'full' } }),
  {
    ...tests('tensorflow on Node 24', [...node, ...tensorflow.files], {
      through: [...tensorflow.through, 'npx', '--yes', '-p', 'node@24'],
      env: { OTMIX_TESTS: 'full' },
    }),
    needs: ['build', 'tensorflow'], // which builds the binding
  },
  { name: 'API reference', command: ['npx', 'typedoc'], needs: ['build'] },
  page('examples of README and docs', ['node', 'scripts/page-examples.mjs']),
  // Bits of relaxed SIMD and of WebGPU depend on the processor.
  { name: 'fingerprint', command: ['node', 'dist/bench/fingerprint/main.js', '--only', 'cpu'], needs: ['build'] },
  page('pack', ['node', 'scripts/pack-check.mjs']),
  page('pack on Node 24', ['npx', '--yes', '-p', 'node@24', 'node', 'scripts/pack-check.mjs']),
  {
    name: 'kernels compiled for an AMD GPU',
    command: ['sh', 'scripts/with-radv.sh', 'node', 'dist/bench/gpu/compiled/main.js'],
    needs: ['build', 'WebGPU on lavapipe'], // which installs Mesa: apt has one lock
  },
  page('exports, by ONNX Runtime and scikit-learn', [
    'sh',
    'scripts/with-python.sh',
    'node',
    'scripts/exports-check.mjs',
  ]),
  {
    name: 'distances, by POT and scipy',
    command: ['sh', 'scripts/with-python.sh', 'sh', '-c', '"$OTMIX_PYTHON" test/golden/make-distances.py --check'],
    needs: ['install', 'exports, by ONNX Runtime and scikit-learn'], // which makes the same environment
  },
  {
    name: 'driver of Ray',
    command: [
      'sh',
      'scripts/with-ray.sh',
      'sh',
      '-c',
      // Types hold on every Python that Ray runs on.
      'cd python && for v in 3.10 3.11 3.12 3.13; do "$OTMIX_PYTHON" -m mypy --python-version $v || exit 1; done && "$OTMIX_PYTHON" -m pytest -q',
    ],
    needs: ['build', 'Ray'], // which installs Ray
  },
  {
    ...page('files at addresses, of a server that speaks S3', [
      ...['sh', 'scripts/with-s3.sh', 'sh', 'scripts/with-ray.sh'],
      ...['node', 'scripts/s3-check.mjs'],
    ]),
    needs: ['build', 'Ray'], // which installs Ray, and starts one of its own
  },
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
await runSteps(steps, { cwd: root }, (step, ended) => {
  const counts = countsOf(step, ended, print(step, ended), root);
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  failures.push(...counts.failures);
  const [mark, seconds] = [counts.failed === 0 ? 'ok  ' : 'FAIL', ended.seconds.toFixed(1)];
  summary.push(`${mark} ${seconds.padStart(7)} s  ${step.name}: ${line(counts)}`);
  console.log(`<<< ${step.name}: ${mark.trim()} after ${seconds} s`);
  return step.name !== 'install' || existsSync(join(root, 'node_modules/.bin/vitest')); // else nothing can run
});
rmSync(scratch, { recursive: true, force: true });
for (const { title, said } of failures) console.log(`\n${title}\n${said}`);
// The names once more where nobody who keeps but the end of this can miss them.
console.log(['', ...summary, '', ...namesOf(failures), line(total)].join('\n'));
process.exitCode = total.failed === 0 ? 0 : 1;

/** Prints what a step said, but for a line of counts, which it returns: only the last of all may look like that. */
function print({ name }, { lines }) {
  console.log(`\n=== ${name}`);
  let printed = null;
  for (const text of lines) {
    const counts = readCounts(text);
    if (counts === null) console.log(text);
    else printed = counts;
  }
  return printed;
}
