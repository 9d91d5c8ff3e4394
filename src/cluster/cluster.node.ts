import { availableParallelism } from 'node:os';
import type { BackendRequest } from '../backend/resolve.js';
import { InputError } from '../base/errors.js';
import { version } from '../base/version.js';
import type { Source } from '../data/source.js';
import { Client } from './client.js';
import { manifestOf } from './manifest.js';
import { PROTOCOL, type DeviceWish, type WorkerFacts } from './messages.js';
import { workerCommand } from './package-root.js';
import { requireCluster, type ClusterOptions } from './options.js';
import { processes } from './processes.js';
import { deviceWish, RemoteData } from './remote.js';
import { ray } from './ray.js';
import type { Transport } from './transport.js';

/**
 * Opens a source on a cluster, whose workers are started. Throws `InputError` where the source has no files, where there is
 * no such cluster, and where machines can't start a worker of this otmix.
 */
export async function openRemote(
  source: Source,
  cluster: ClusterOptions,
  wish: {
    readonly backend: BackendRequest;
    readonly threads?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<RemoteData> {
  requireCluster(cluster);
  const manifest = await manifestOf(source, cluster.unitRows);
  wish.signal?.throwIfAborted();
  const client = new Client(await transportOf(cluster, manifest.units.length, wish.signal));
  try {
    const device = deviceWish(wish.backend, wish.threads ?? client.threads);
    const facts = await factsOf(client, device);
    requireAlike(facts, cluster);
    return new RemoteData(source, client, manifest, device, facts);
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** What the workers are that a cluster starts, by default one for each of its CPUs or GPUs; they are ended again. */
export async function clusterFacts(cluster: ClusterOptions): Promise<readonly WorkerFacts[]> {
  requireCluster(cluster);
  const client = new Client(await transportOf(cluster, Number.MAX_SAFE_INTEGER));
  try {
    return await factsOf(client, { backend: 'auto', threads: client.threads });
  } finally {
    await client.close();
  }
}

/** What every worker is; throws `InputError('unsupported')` for one of another otmix. */
async function factsOf(client: Client, device: DeviceWish): Promise<WorkerFacts[]> {
  const asked = Array.from({ length: client.workers }, (_, worker) => client.ask(worker, { op: 'facts', device }));
  const facts = (await Promise.all(asked)) as WorkerFacts[];
  const foreign = facts.find(({ protocol, otmix }) => protocol !== PROTOCOL || otmix !== version);
  if (!foreign) return facts;
  throw new InputError('unsupported', {
    where: `cluster: ${foreign.host}`,
    expected: `otmix ${version}, as here`,
    got: `otmix ${foreign.otmix}`,
    remedy: `install it there: npm install -g otmix@${version}`,
  });
}

/** More workers than units would have nothing to do. */
function transportOf(cluster: ClusterOptions, units: number, signal?: AbortSignal): Promise<Transport> {
  const { address = 'auto', workers } = cluster;
  if (address !== 'processes') return ray(cluster, units, signal);
  const count = Math.min(units, workers ?? availableParallelism());
  return Promise.resolve(processes(count, workerCommand(cluster)));
}

function requireAlike(facts: readonly WorkerFacts[], { mixed = false }: ClusterOptions): void {
  const [first] = facts;
  const other = facts.find(({ backend, adapter }) => backend !== first.backend || adapter !== first.adapter);
  if (!other || mixed) return;
  throw new InputError('backend', {
    where: 'cluster',
    expected: 'workers that compute alike, since last bits differ else',
    got: `${first.backend} (${first.adapter}) on ${first.host}, ${other.backend} (${other.adapter}) on ${other.host}`,
    remedy: 'choose a backend that all have, such as --backend wasm, or allow it with cluster: { mixed: true }',
  });
}
