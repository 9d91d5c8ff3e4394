/** What a backend is. Each has a file of its own here, and its line in backends.ts. */
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Wanted } from '../../kernels/webgpu/entry.js';
import type { RowFormat } from '../../kernels/webgpu/rows.wgsl.js';
import type { Geometries, Problem } from '../geometry/problem.js';
import type { ShardBuilder, TensorRows } from '../sweep/builder.js';
import type { Float64Builder } from '../sweep/float64/builder.js';
import type { SpillLimit } from '../sweep/spilled/limit.js';

/** What is known of a backend on this machine. */
export interface Finding {
  readonly usable: boolean;
  /** Device and driver, where the backend tells. */
  readonly adapter: string;
  /** Whether it computes on a real GPU. */
  readonly gpu: boolean;
  /** Why it is or isn't usable, in a few words. */
  readonly reason: string;
  /** Its limits and features, where there is more to tell. */
  readonly details?: readonly string[];
  /** Whether it has a device that can't be used: `auto`, which passes over it, says so. */
  readonly faulty?: boolean;
}

/** A way to compute on this machine. */
export interface Backend {
  readonly name: string;
  /**
   * Whether it computes in the host's memory. `auto` takes it where there is no GPU, and tensors that tfjs has in that
   * memory need not move for it.
   */
  readonly onHost: boolean;
  /** May load and start the backend, never activates it in tfjs. */
  probe(wanted?: Wanted): Promise<Finding>;
  /** Throws `Unusable`. */
  open(wishes: Wishes): Promise<Device>;
  /** Whether tensors of the tfjs backend of that name lie on a device of this one. Left out where none do. */
  holds?(tensors: string): boolean;
}

/** What a device is opened with. */
export interface Wishes {
  /** What the user should know of the choice so far. */
  readonly notes: readonly string[];
  readonly threads: number | undefined;
  /** The tfjs backend whose device it is to be, where tensors lie there. */
  readonly tensors?: string;
}

/** A backend that was chosen and is open. It holds no memory of its own: shards and geometries do. */
export interface Device extends Finding {
  readonly name: string;
  readonly onHost: boolean;
  readonly threads: number;
  /** The tfjs backend that its tensors belong to, where it makes any for transport. */
  readonly tensors?: string;
  /** What the user should know of the choice, such as why there are fewer threads than there could be. */
  readonly notes: readonly string[];
  /** Whether rows beyond a limit of memory go to files. */
  readonly spills?: boolean;
  /** Whether it may hold rows in float16. */
  readonly float16?: boolean;
  /** Takes rows of d columns and makes a shard of them there. */
  rows(d: number, options?: RowsOptions): ShardBuilder;
  /** The rows of a tensor that lies there, if they need not come by the host to be swept there. */
  tensorRows?(tensor: Tensor2D, options?: RowsOptions): TensorRows | undefined;
  /**
   * The same of rows that may lack values, on the CPU, or in a file beyond a limit; left out where they are swept in plain
   * TypeScript.
   */
  gappedRows?(d: number, limit?: SpillLimit): ShardBuilder;
  /**
   * A place on the CPU for the same rows in float64, or in a file beyond a limit, and fast sweeps of them; left out where they
   * are swept in plain TypeScript.
   */
  float64Rows?(d: number, limit?: SpillLimit): Float64Builder;
  /** Puts transport problems there, to be solved. */
  geometry(problem: Problem): Geometries;
}

/** How a device holds rows. */
export interface RowsOptions {
  /** Whether a device may try out on these rows how it computes fastest; default true. */
  readonly trials?: boolean;
  /**
   * Whether they are read a single time, for which a device prepares nothing; default false. Such rows lie in memory that
   * all threads see, and stay there until the shard is disposed.
   */
  readonly once?: boolean;
  /** Whether all their numbers are statistics of a linear term, to whose products zeros add nothing; default false. */
  readonly linear?: boolean;
  /** The format they are held in, of devices that have others than float32; default that. */
  readonly format?: RowFormat | undefined;
  /** What they may take of memory, and where they go beyond; of devices that do so. Left out for no limit. */
  readonly spill?: SpillLimit | undefined;
}

/** A backend or a device that can't be used, and why. */
export class Unusable extends Error {
  override readonly name = 'Unusable';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`a backend can't be used: ${reason}`, options);
  }
}

/** What was found, if it can be used. Throws `Unusable`. */
export function requireUsable(finding: Finding): Finding {
  if (!finding.usable) throw new Unusable(finding.reason);
  return finding;
}

export const absent = (reason: string): Finding => ({ usable: false, adapter: '', gpu: false, reason });
