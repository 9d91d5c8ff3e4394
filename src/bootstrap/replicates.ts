import { InputError } from '../base/errors.js';
import type { BootstrapProgress, Wanted } from './options.js';

/** A replicate that says nothing, and why. */
export interface FailedReplicate {
  /** From 0. */
  readonly replicate: number;
  readonly reason: string;
}

/** What a replicate comes to: something, or why there is nothing. */
export type Replicate<T> = { readonly found: T } | { readonly reason: string };

/** What replicates came to. */
export interface Replicates<T> {
  /** Of those that came to something, in their order. */
  readonly found: readonly T[];
  readonly failures: readonly FailedReplicate[];
  /** 'aborted' where not all were made. */
  readonly status: 'complete' | 'aborted';
}

interface ReplicateOptions {
  readonly onProgress?: ((progress: BootstrapProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How few say nothing, and what to do then. */
  readonly least: number;
  readonly where: string;
  readonly remedy: string;
}

/**
 * Makes replicates one after the other. Aborting keeps those that are done; before there are enough it throws the signal's
 * reason. A replicate that throws an `InputError` has failed. Throws `InputError('value')` where too few are left.
 */
export async function replicated<T>(
  { replicates }: Pick<Wanted, 'replicates'>,
  make: (replicate: number) => Promise<Replicate<T>>,
  options: ReplicateOptions,
): Promise<Replicates<T>> {
  const { onProgress, signal, least } = options;
  const found: T[] = [];
  const failures: FailedReplicate[] = [];
  for (let replicate = 0; replicate < replicates && !signal?.aborted; replicate++) {
    onProgress?.({ phase: 'bootstrap', done: replicate, replicates });
    const outcome = await make(replicate).catch((error: unknown) => {
      if (signal?.aborted || error instanceof InputError) return { reason: (error as Error).message };
      throw error;
    });
    if (signal?.aborted) break; // in the middle of it
    if ('found' in outcome) found.push(outcome.found);
    else failures.push({ replicate, reason: outcome.reason });
  }
  if (found.length < least) {
    signal?.throwIfAborted();
    throw tooFew(found.length, failures[0], options);
  }
  const whole = found.length + failures.length === replicates;
  return { found, failures, status: whole ? 'complete' : 'aborted' };
}

function tooFew(
  found: number,
  first: FailedReplicate | undefined,
  { least, where, remedy }: ReplicateOptions,
): InputError {
  return new InputError('value', {
    where,
    expected: `at least ${least} of the replicates to be fitted`,
    got: `${found}${first ? `; replicate ${first.replicate}: ${first.reason}` : ''}`,
    remedy,
  });
}
