import { requireInteger, invalid } from '../base/check.js';
import { InputError } from '../base/errors.js';

/** On which machines rows are read and swept. */
export interface ClusterOptions {
  /**
   * `auto`: the Ray cluster that this machine is part of. `ray://HOST:10001` is one of others, and `HOST:6379` one that this
   * machine joins. `local` starts Ray here, and `processes` starts workers here without Ray, of which none is restarted.
   * Default `auto`.
   */
  readonly address?: string;
  /** Default: as many as the cluster has GPUs, else CPUs. The result does not depend on it. */
  readonly workers?: number;
  /** GPUs of each worker; default 1 where the cluster has any, else 0. */
  readonly gpus?: number;
  /**
   * Rows that are summed by themselves, at least 1024. Default: what makes 64 MiB. The last bits of a result depend on it, as
   * they do on the files.
   */
  readonly unitRows?: number;
  /** Seconds after which a worker that has said nothing is ended, and started again elsewhere; default 600. */
  readonly deadline?: number;
  /** The Python that has Ray; default `python3`. */
  readonly python?: string;
  /** How machines start a worker; default this package where it lies here, else `otmix worker`. */
  readonly command?: readonly string[];
  /** Whether workers may compute on different kinds of devices, whose last bits differ; default false. */
  readonly mixed?: boolean;
}

const ADDRESS = /^(auto|local|processes|ray:\/\/\S+|[\w.-]+:\d+)$/;

/** Throws `InputError('option')` that names what is no option of a cluster. */
export function requireCluster(options: ClusterOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw invalid('cluster', "an object such as { address: 'auto' }", options, "give { address: 'auto' }");
  }
  const { address = 'auto', workers, gpus, unitRows, deadline } = options;
  if (typeof address !== 'string' || !ADDRESS.test(address)) {
    throw invalid(
      'cluster.address',
      'auto, local, processes, ray://HOST:10001 or HOST:6379',
      address,
      'choose one of these',
    );
  }
  if (workers !== undefined) requireInteger('cluster.workers', workers, 1);
  if (gpus !== undefined) requireInteger('cluster.gpus', gpus, 0);
  if (unitRows !== undefined) requireInteger('cluster.unitRows', unitRows, 1024);
  if (deadline !== undefined && !(typeof deadline === 'number' && deadline > 0)) {
    throw invalid('cluster.deadline', 'seconds > 0', deadline);
  }
}

/** The error of an option that does not go with a cluster. */
export function notOnCluster(where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError('unsupported', { where, expected: `${expected} with cluster`, got, remedy });
}

/** Throws `InputError('unsupported')` for weights that only this process has. */
export function requireNoWeights(sampleWeights: unknown): void {
  if (sampleWeights === undefined || sampleWeights === null) return;
  const remedy = "name it: openSource(path, { weight: 'w' })";
  throw notOnCluster('sampleWeights', 'weights in a column of the data', 'an array', remedy);
}
