import { CommanderError } from 'commander';
import { GpuError } from '../../kernels/webgpu/error.js';
import { InputError } from '../base/errors.js';
import { printable } from '../base/printable.js';
import { ClusterError } from '../cluster/cluster-error.js';
import { interruption } from './interruption.js';
import { limitOf } from './limits.js';
import { ReaderGone } from './standard-output.js';
import { usageError } from './usage.js';

/** How a command that threw ends: its exit status, and the one line it prints, if any. */
export interface Ending {
  readonly status: number;
  readonly line?: string;
}

/** A failure that left something of use, and what. */
export class Remainder extends Error {
  override readonly name = 'Remainder';

  constructor(
    override readonly cause: unknown,
    readonly left: string,
  ) {
    super(left, { cause });
  }
}

/**
 * 0 where help was asked for or the reader of standard output has gone, and 2 for a user's mistake. An interruption
 * that came before any result is 130 or 143; a failure of the GPU, of a cluster, or of ours is 1.
 */
export function endingOf(error: unknown): Ending {
  if (error instanceof Remainder) return endingWith(error);
  const interrupted = interruption();
  if (interrupted && error === interrupted) {
    return { status: interrupted.exitStatus, line: 'interrupted before there was a result; nothing was written' };
  }
  if (error instanceof ReaderGone) return { status: interrupted?.exitStatus ?? 0 };
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? { status: 0 } : { status: 2, line: usageError(error).message };
  }
  if (error instanceof InputError) return { status: 2, line: error.message };
  if (error instanceof GpuError || error instanceof ClusterError) return { status: 1, line: error.message };
  const limit = limitOf(error);
  if (limit !== undefined) return { status: 2, line: limit };
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { status: 1, line: `a fault of otmix itself, ${said}; set OTMIX_DEBUG=1 to see where, and report it` };
}

function endingWith({ cause, left }: Remainder): Ending {
  if (cause === interruption()) return { status: interruption()?.exitStatus ?? 1, line: `interrupted; ${left}` };
  const { status, line } = endingOf(cause);
  return line === undefined ? { status } : { status, line: `${line}; ${left}` };
}

/** Prints how a command that threw ends and answers its exit status; OTMIX_DEBUG=1 adds the stack. */
export function reportFailure(error: unknown): number {
  if (error instanceof AggregateError) {
    const statuses = error.errors.map(reportFailure);
    return statuses.includes(1) ? 1 : Math.max(...statuses);
  }
  const { status, line } = endingOf(error);
  if (line !== undefined) process.stderr.write(`otmix: ${printable(line.replace(/\s*\n\s*/g, ' '))}\n`);
  if (line !== undefined && process.env.OTMIX_DEBUG === '1' && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
    if (error.cause instanceof Error) process.stderr.write(`caused by ${error.cause.stack ?? ''}\n`);
  }
  return status;
}
