/** What a master and its workers say to each other. */
import { InputError, type InputErrorCode } from '../base/errors.js';
import { MissingValueError } from '../data/blocks.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Encoding } from '../sweep/encode.js';
import type { FamilySpec } from './family-spec.js';

/** What both sides must agree on; a worker of another otmix is refused. */
export const PROTOCOL = 2;

/**
 * A frame to a worker. `keep` (by a `name`) and `part` have a value in the frame after them, and no answer; all others have
 * one answer each, and the last part beside them.
 */
export interface WorkerQuestion {
  readonly op: string;
  readonly [entry: string]: unknown;
}

/** How rows are to be looked at. */
export interface Looking {
  readonly family: FamilySpec;
  readonly missing: MissingPolicy;
  /** Whether they are digested too, for a checkpoint. */
  readonly digested?: boolean;
  /** Left out where nobody will hold them next. */
  readonly room?: Room;
}

/** Where a worker puts the rows that it holds. */
export interface Room {
  /** Bytes that those of a worker may take of memory; left out for a share of what is free there. */
  readonly memory?: number | undefined;
  /** The folder of files for those beyond. */
  readonly folder?: string | undefined;
  /** Whether these are read past the page cache. */
  readonly direct?: boolean | undefined;
  /** Workers that share the memory of a machine, at the most. */
  readonly sharers: number;
}

/** How a worker holds units: by this name until told otherwise. */
export interface Holding extends Looking {
  /** The name that the manifest is kept by. */
  readonly data: string;
  readonly encoding: Encoding;
  readonly device: DeviceWish;
  readonly trials: boolean;
  readonly room: Room;
}

/** What a worker computes with. */
export interface DeviceWish {
  readonly backend: string;
  /** Left out for all. */
  readonly threads?: number | undefined;
}

/** What a worker is. */
export interface WorkerFacts {
  readonly protocol: number;
  readonly otmix: string;
  readonly node: string;
  readonly host: string;
  readonly backend: string;
  readonly adapter: string;
  readonly threads: number;
  /** The GPU that Ray has given it, by its number on the machine; else empty. */
  readonly gpus: string;
  /** Whether float64 sweeps are those of the SIMD kernel. */
  readonly float64: boolean;
}

/** What became of a unit that was opened. */
export interface OpenedUnit {
  /** Bytes of a file that its rows lie in, 0 where they lie in memory. */
  readonly spilled: number;
}

/** An error as it travels. */
export interface Failure {
  /** Of a mistake of the user's. */
  readonly code?: InputErrorCode;
  readonly missing?: boolean;
  readonly message: string;
}

export interface Answer {
  readonly ok?: unknown;
  readonly failure?: Failure;
}

export function failureOf(error: unknown): Failure {
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
  if (error instanceof InputError) return { code: error.code, message, missing: error instanceof MissingValueError };
  return { message: error instanceof Error ? `${error.name}: ${message}` : message };
}

/** A worker failed in a way that is no mistake of the user's. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

/** The error that travelled. */
export function errorOf({ code, missing = false, message }: Failure): Error {
  if (code === undefined) return new WorkerError(message);
  const Kind = missing ? MissingValueError : InputError;
  const error = new Kind(code, { where: '', expected: '', got: '', remedy: '' });
  error.message = message;
  return error;
}
