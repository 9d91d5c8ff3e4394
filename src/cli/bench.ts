import { cpus } from 'node:os';
import type { Command } from 'commander';
import type { BackendReport } from '../backend/resolve.js';
import { InputError } from '../base/errors.js';
import { printableJson } from '../base/printable.js';
import { version } from '../base/version.js';
import { percent, significant } from '../report/numbers.js';
import type { BenchEffort, BenchResult } from './bench/measure.js';
import { catchInterrupts } from './interruption.js';
import { loadLibrary } from './library.js';
import { progressView } from './progress.js';
import { print, write } from './standard-output.js';
import { textTable } from './table.js';

interface Flags {
  readonly backend?: string;
  readonly quick?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** What was measured, and where. */
interface Bench {
  readonly otmix: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly simd: string;
  /** GFLOP/s of multiply-adds in registers, one thread. */
  readonly peak?: number;
  readonly results: readonly BenchResult[];
  /** Backends that were not measured, and why. */
  readonly absent: readonly Pick<BackendReport, 'name' | 'reason'>[];
  readonly published: string;
}

const details = `
Times iterations of EM of generated rows on every backend that works here, beside
the figures that docs/performance.md publishes: half a minute. Backends that no
hardware speeds up get fewer rows, or are left out. Shares of the peak are of the
multiply-adds that as many threads reach in registers. Close other programs first.

Please report GPUs and machines that are not in the docs, with the output of
otmix bench --json.

Examples:
  otmix bench
  otmix bench --backend webgpu --json`;

/** `otmix bench`: how fast this machine is. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('Measure how fast fits are on this machine, beside the published figures.')
    .option('--backend <name>', 'this one alone: webgpu, tensorflow, wasm, webgl or cpu; default all that work')
    .option('--quick', 'a few seconds, by fewer rows: figures are rough')
    .option('--json', 'print one JSON object')
    .option('-q, --quiet', 'no progress on standard error')
    .addHelpText('after', details)
    .action(bench);
}

async function bench({ backend, quick, json, quiet }: Flags): Promise<void> {
  const signal = catchInterrupts();
  const { measure, peakOfThread, simd } = await import('./bench/measure.js');
  const { benchCases, publishedMachine } = await import('./bench/problem.js');
  const reports = await wantedBackends(backend);
  // Software adapters take minutes to say what nobody needs, unless they are what is asked for.
  const isMeasured = ({ name, usable, gpu }: BackendReport): boolean =>
    usable && (backend !== undefined || gpu || name !== 'webgpu');
  const usable = reports.filter(isMeasured);
  const effort: BenchEffort = { seconds: quick ? 0.2 : 2, fewer: quick ? 50 : 1, signal };
  const { show, stop } = await progressView(process.stderr, quiet);
  const results: BenchResult[] = [];
  const all = usable.length * benchCases.length;
  try {
    const peak = await peakOfThread();
    for (const report of usable) {
      for (const one of benchCases) {
        show({ phase: 'count', what: `measuring on ${report.name}:`, done: results.length, all });
        results.push(await measure(one, report, peak, effort));
      }
    }
    stop();
    const absent = reports
      .filter((report) => !isMeasured(report))
      .map(({ name, usable: works, adapter, reason }) => ({
        name,
        reason: works ? `${adapter} is no GPU; add --backend ${name} to measure it` : reason,
      }));
    const found = {
      ...machine(),
      simd: simd(),
      ...(peak !== undefined && { peak }),
      results,
      absent,
      published: publishedMachine,
    };
    await (json ? write(`${printableJson(found)}\n`) : print(told(found)));
  } finally {
    stop();
  }
}

/** Throws `InputError('backend')` for one that is unknown or does not work here. */
async function wantedBackends(wanted: string | undefined): Promise<BackendReport[]> {
  const { backendNames, probeBackend } = await loadLibrary();
  const names = backendNames.filter((name) => wanted === undefined || name === wanted);
  if (names.length === 0) {
    const complaint = { where: '--backend', expected: `one of ${backendNames.join(', ')}`, got: String(wanted) };
    throw new InputError('backend', { ...complaint, remedy: 'choose one of these' });
  }
  const reports: BackendReport[] = [];
  for (const name of names) reports.push(await probeBackend(name));
  const [only] = reports;
  if (wanted === undefined || only.usable) return reports;
  const complaint = { where: '--backend', expected: 'a backend that works here', got: `${wanted}: ${only.reason}` };
  throw new InputError('backend', { ...complaint, remedy: 'see otmix doctor' });
}

function machine(): Pick<Bench, 'otmix' | 'node' | 'platform' | 'cpu'> {
  return {
    otmix: version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
}

function told({ otmix, node, platform, cpu, simd, peak, results, absent, published }: Bench): string {
  const heads = ['backend', 'covariance', 'n × d, k', 'ms', 'Mrows/s', 'GFLOP/s', 'of peak', 'MiB', 'published'];
  const columns = heads.map((head, at) => (at < 3 ? { head } : { head, right: true }));
  const rows = results.map((one) => [
    one.backend,
    one.covariance,
    `${one.n.toLocaleString('en-US')} × ${one.d}, ${one.k}`,
    significant(one.ms, 3),
    significant(one.mrows, 3),
    significant(one.gflops, 3),
    one.ofPeak === undefined ? '–' : percent(one.ofPeak),
    one.memory.toFixed(0),
    `${one.published.mrows} Mrows/s, ${Math.round(100 * one.published.ofPeak)} %`,
  ]);
  const speed = peak === undefined ? '' : `, ${significant(peak, 3)} GFLOP/s of multiply-adds a thread`;
  const adapters = new Map(results.map(({ backend, adapter, threads }) => [backend, `${adapter}, ${threads} threads`]));
  return [
    `otmix ${otmix}, Node ${node}, ${platform}, ${cpu}, SIMD: ${simd}${speed}\n`,
    textTable(columns, rows),
    [...adapters].map(([name, what]) => `${name}: ${what}\n`).join('') +
      absent.map(({ name, reason }) => `${name}: not measured, ${reason}\n`).join(''),
    `An iteration of EM each. Published: ${published}; its share of the peak is of one thread.\n`,
  ].join('\n');
}
