import { InputError } from '../base/errors.js';
import type { ClusterOptions } from '../cluster/options.js';
import { integer } from './parsers.js';

/** Where rows are read and swept. */
export const clusterFlag = [
  '--cluster <address>',
  'on other machines, by Ray: auto, local, ray://HOST:10001 or HOST:6379; see docs/cluster.md',
] as const;
export const workersFlag = [
  '--workers <n>',
  'workers of --cluster; default one per GPU, else per CPU',
  integer('--workers', 1),
] as const;

export interface ClusterFlags {
  readonly cluster?: string;
  readonly workers?: number;
}

/** What the flags ask for; throws `InputError('option')` for workers of no cluster. */
export function clusterOptions({ cluster: address, workers }: ClusterFlags): { readonly cluster?: ClusterOptions } {
  if (address !== undefined) return { cluster: { address, ...(workers !== undefined && { workers }) } };
  if (workers === undefined) return {};
  const remedy = 'add --cluster auto, or leave it out';
  throw new InputError('option', { where: '--workers', expected: '--cluster with it', got: 'none', remedy });
}
