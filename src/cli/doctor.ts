import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import type { BackendReport } from '../backend/resolve.js';
import { version } from '../base/version.js';
import { hasTfjs, tf } from '#tfjs';
import type { WorkerFacts } from '../cluster/messages.js';
import type { ClusterOptions } from '../cluster/options.js';
import { clusterFlag, clusterOptions, workersFlag, type ClusterFlags } from './cluster-flags.js';
import { loadLibrary } from './library.js';
import { printableJson } from '../base/printable.js';
import { print, write } from './standard-output.js';
import { textTable } from './table.js';

/** What this machine offers. */
interface Findings {
  readonly otmix: string;
  readonly node: string;
  readonly tfjs: string;
  readonly platform: string;
  readonly backends: readonly BackendReport[];
  /** The backend that `auto` picks, and why. */
  readonly auto: { readonly name: string; readonly why: string };
  readonly duckdb: {
    readonly usable: boolean;
    readonly reason: string;
    /** Its extension that reads addresses: where it lies or would lie. */
    readonly httpfs?: { readonly place: string; readonly there: boolean };
  };
  /** Workers that a cluster has started, where one was asked for. */
  readonly cluster?: readonly WorkerFacts[];
}

/** `otmix doctor`: what works on this machine, and why the rest doesn't. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Say which backends work on this machine, which one auto picks, and why.')
    .option('--json', 'print one JSON object')
    .option(...clusterFlag)
    .option(...workersFlag)
    .addHelpText('after', '\nExamples:\n  otmix doctor\n  otmix doctor --json\n  otmix doctor --cluster auto')
    .action(async ({ json, ...flags }: ClusterFlags & { readonly json?: true }) => {
      const { cluster } = clusterOptions(flags);
      const findings: Findings = { ...(await examine()), ...(cluster && { cluster: await examineCluster(cluster) }) };
      await (json ? write(`${printableJson(findings)}\n`) : print(told(findings)));
    });
}

async function examine(): Promise<Findings> {
  const { backendNames, probeBackend, resolveBackend } = await loadLibrary();
  const backends: BackendReport[] = [];
  for (const name of backendNames) {
    backends.push(name === 'webgpu' ? await probeApart(name) : await probeBackend(name));
  }
  const chosen = await resolveBackend('auto');
  const why = chosen.gpu ? 'it runs on a real GPU' : 'the fastest on a CPU, as none here runs on a real GPU';
  const notes = chosen.notes.map((note) => `; ${note}`).join('');
  return {
    otmix: version,
    node: process.versions.node,
    tfjs: hasTfjs() ? tf.version_core : 'none',
    platform: `${process.platform} ${process.arch}`,
    backends,
    auto: { name: chosen.name, why: why + notes },
    duckdb: await examineDuckDB(),
  };
}

/** Probes a backend in a process of its own, for what libraries write to standard error meanwhile. */
async function probeApart(name: BackendName): Promise<BackendReport> {
  const script = fileURLToPath(new URL('./probe.js', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, name]);
    return JSON.parse(stdout) as BackendReport;
  } catch (error) {
    const [reason] = String(error).split('\n', 1);
    return { name, usable: false, adapter: '', gpu: false, reason: `the process that tried it failed: ${reason}` };
  }
}

async function examineCluster(cluster: ClusterOptions): Promise<readonly WorkerFacts[]> {
  const { clusterFacts } = await import('../cluster/cluster.node.js');
  return clusterFacts(cluster);
}

async function examineDuckDB(): Promise<Findings['duckdb']> {
  try {
    const [{ Database, loadDuckDB }, { httpfsPlace }] = await Promise.all([
      import('../data/files/duckdb.js'),
      import('../data/files/httpfs.js'),
    ]);
    const reason = `${loadDuckDB().version()} loads`;
    const place = await httpfsPlace(await Database.open());
    return { usable: true, reason, httpfs: { place, there: existsSync(place) } };
  } catch (error) {
    return { usable: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function told({ otmix, node, tfjs, platform, backends, auto, duckdb, cluster }: Findings): string {
  const rows = backends.map(({ name, usable, gpu, adapter, reason }) => [
    name === auto.name ? `${name} *` : name,
    usable ? 'yes' : 'no',
    gpu ? 'yes' : 'no',
    adapter,
    reason,
  ]);
  const heads = ['backend', 'usable', 'GPU', 'adapter', 'why'].map((head) => ({ head }));
  const reads = duckdb.usable
    ? 'CSV, TSV, JSON, Parquet, globs and SQL can be read'
    : 'only .arrow and .npy files can be read';
  const addresses = duckdb.httpfs
    ? ` Addresses (s3://, https://) can${duckdb.httpfs.there ? '' : 'not'} be read: httpfs is ${duckdb.httpfs.there ? '' : 'not '}at ${duckdb.httpfs.place}.`
    : '';
  const details = backends.flatMap(({ name, details = [] }) => details.map((detail) => `  ${name}: ${detail}\n`));
  return [
    `otmix ${otmix}, Node ${node}, tfjs ${tfjs}, ${platform}\n`,
    textTable(heads, rows) + details.join(''),
    `* auto picks ${auto.name}: ${auto.why}.\n`,
    `DuckDB: ${duckdb.reason}; ${reads}.${addresses}\n`,
    ...(cluster ? [clusterTable(cluster)] : []),
  ].join('\n');
}

/** The workers of a cluster, a line each. */
function clusterTable(facts: readonly WorkerFacts[]): string {
  const heads = ['worker', 'machine', 'backend', 'adapter', 'threads', 'otmix', 'Node'].map((head) => ({ head }));
  const rows = facts.map(({ host, backend, adapter, threads, otmix, node }, at) => [
    ...[String(at), host, backend, adapter],
    ...[String(threads), otmix, node],
  ]);
  return textTable(heads, rows);
}
