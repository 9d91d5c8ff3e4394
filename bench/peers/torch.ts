import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CovarianceForm } from '../../kernels/form.js';

/** EM in PyTorch over the rows of one .npy file. */
export interface TorchJob {
  /** Path of a float32 .npy file `[n, d]`. */
  readonly data: string;
  readonly n: number;
  readonly d: number;
  readonly iterations: number;
  /** `cuda` alone is worth a comparison; `cpu` is for tests. */
  readonly device: 'cuda' | 'cpu';
  readonly fits: readonly {
    readonly covariance: CovarianceForm;
    readonly k: number;
    readonly start: { readonly weights: number[]; readonly means: number[][]; readonly variance: number };
  }[];
}

/** One way of doing it, at one precision of matrix products. */
export interface TorchLine {
  readonly covariance: CovarianceForm;
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Which products the E-step and the M-step are made of. */
  readonly form: string;
  readonly tf32: boolean;
  readonly seconds_per_iteration: number;
  /** Mean log-likelihood after the iterations, nats. */
  readonly objective: number;
  /** Most device memory besides the rows; null off CUDA. */
  readonly memory_bytes: number | null;
}

export interface TorchResult {
  readonly torch: string;
  readonly cuda: string | null;
  readonly device: string;
  readonly python: string;
  readonly results: readonly TorchLine[];
}

/** Beside this file, in the sources or in a bundle. */
const script = ['./torch_em.py', '../../../bench/peers/torch_em.py']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));

/** The interpreters to try: the one named, or that of the peers' environment and the system's. */
function pythons(): string[] {
  const named = process.env['OTMIX_PYTHON'];
  if (named) return [named];
  const peers = join(script ?? '.', '../../../.cache/peers/bin/python');
  return [...(existsSync(peers) ? [peers] : []), 'python3'];
}

/** A Python whose torch can compute on the device, or why there is none, in one line. */
export async function findTorch(
  device: TorchJob['device'],
): Promise<{ readonly python: string } | { readonly missing: string }> {
  if (!script) return { missing: 'torch_em.py is not beside the bench' };
  let missing = '';
  for (const python of pythons()) {
    const { status, output } = await execute(python, [script, '--probe'], '');
    const found =
      status === 0 ? (JSON.parse(output) as { torch?: string; cuda?: boolean; missing?: string }) : undefined;
    if (found?.torch !== undefined && (device === 'cpu' || found.cuda)) return { python };
    const reason = found?.missing ?? (found ? `torch ${found.torch} sees no CUDA device` : 'does not run');
    missing += `${missing && '; '}${python}: ${reason}`;
  }
  return { missing };
}

/** Runs a job to its end, which comes after so many seconds at the latest. Throws with PyTorch's last words where it fails. */
export async function runTorch(python: string, job: TorchJob, seconds = Infinity): Promise<TorchResult> {
  const { status, output, complaints } = await execute(python, [script ?? ''], JSON.stringify(job), seconds);
  if (status === 0) return JSON.parse(output) as TorchResult;
  const lastWords = complaints.trim().split('\n').at(-1) ?? '';
  throw new Error(`runTorch: expected exit status 0, got ${status} (${lastWords}); check the job`);
}

interface Executed {
  readonly status: number | null;
  readonly output: string;
  readonly complaints: string;
}

function execute(command: string, args: string[], input: string, seconds = Infinity): Promise<Executed> {
  return new Promise((resolve) => {
    const timeout = Number.isFinite(seconds) ? { timeout: Math.max(1, Math.ceil(1000 * seconds)) } : {};
    const child = spawn(command, args, { stdio: 'pipe', ...timeout });
    let [output, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdin.on('error', () => {}); // a child that ended before reading says so by its status
    child.on('error', (error) => resolve({ status: null, output, complaints: error.message }));
    child.on('close', (status) => resolve({ status, output, complaints }));
    child.stdin.end(input);
  });
}
