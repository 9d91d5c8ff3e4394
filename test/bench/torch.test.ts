/** PyTorch as a peer of the GPU bench. Where it is not installed, the tests hold the bench to saying so. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { writeNpy } from '../../bench/peers/npy.js';
import { findTorch, runTorch, type TorchJob } from '../../bench/peers/torch.js';
import { constrain, em, problem, type Covariance } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const n = 400;
const d = 3;
const k = 3;
const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-torch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** A program that prints a text, in the place of Python. */
async function python(prints: string, status = 0): Promise<string> {
  const path = join(folder, 'python');
  await writeFile(
    path,
    `#!/bin/sh\ncat >/dev/null </dev/null\necho '${prints}'\necho 'last words' >&2\nexit ${status}\n`,
  );
  await chmod(path, 0o755);
  vi.stubEnv('OTMIX_PYTHON', path);
  return path;
}

test('without the interpreter it is told to use, says which one', async () => {
  vi.stubEnv('OTMIX_PYTHON', '/nonexistent');
  expect(await findTorch('cuda')).toEqual({ missing: '/nonexistent: does not run' });
});

test('an interpreter is taken that has torch, and CUDA where that is asked for', async () => {
  const path = await python('{"torch": "2.0", "cuda": false}');
  expect(await findTorch('cuda')).toEqual({ missing: `${path}: torch 2.0 sees no CUDA device` });
  expect(await findTorch('cpu')).toEqual({ python: path });
  await python('{"missing": "torch is not installed"}');
  expect(await findTorch('cpu')).toEqual({ missing: `${path}: torch is not installed` });
});

test('a job that fails is an error with its last words', async () => {
  const path = await python('', 1);
  await expect(runTorch(path, await job())).rejects.toThrow(
    'runTorch: expected exit status 0, got 1 (last words); check the job',
  );
});

test('every form ends where the oracle does, or torch is missing by name', { timeout: 180_000 }, async () => {
  const found = await findTorch('cpu');
  if ('missing' in found) {
    expect(found.missing).toMatch(/is not installed|does not run/);
    return;
  }
  const { x } = problem('overlapping', { n, d, k, seed: 5 });
  const { results } = await runTorch(found.python, await job());
  expect(results.map(({ covariance }) => covariance)).toEqual(['full', 'full', 'tied', 'diag', 'spherical']);
  for (const { covariance, objective, seconds_per_iteration: seconds, tf32 } of results) {
    const options = { covariance, regularization: 1e-6, maxIterations: 3, tolerance: -Infinity };
    const expected = -(em(x, constrain(dense(), covariance), options).objective.at(-1) ?? NaN);
    expectWithin(objective, expected, 5e-6 * Math.abs(expected), `${covariance}: mean log-likelihood`);
    expect(seconds).toBeGreaterThan(0);
    expect(tf32).toBe(false); // there is none on the CPU
  }
});

const start = () => problem('overlapping', { n, d, k, seed: 5 }).start;

function dense() {
  const ball = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => (i === j ? 1.5 : 0)));
  return { ...start(), covariances: Array.from({ length: k }, () => ball) };
}

async function job(): Promise<TorchJob> {
  const data = join(folder, 'rows.npy');
  const { x } = problem('overlapping', { n, d, k, seed: 5 });
  await writeNpy(data, Float32Array.from(x.flat()), [n, d]);
  const { weights, means } = start();
  const fits = forms.map((covariance) => ({ covariance, k, start: { weights, means, variance: 1.5 } }));
  return { data, n, d, iterations: 3, device: 'cpu', fits };
}
