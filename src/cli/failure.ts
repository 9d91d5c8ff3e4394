import { CommanderError } from 'commander';
import { GpuError } from '../../kernels/webgpu/error.js';
import { InputError } from '../errors.js';
import { interruption } from './interruption.js';
import { usageError } from './usage.js';

/** How a command that threw ends: its exit status, and the one line it prints, if any. */
export interface Ending {
  readonly status: number;
  readonly line?: string;
}

/**
 * 0 where help was asked for, 2 for a user's mistake, 130 or 143 for an interruption that came before any result, 1 for
 * a failure of the GPU or a fault of ours.
 */
export function endingOf(error: unknown): Ending {
  const interrupted = interruption();
  if (interrupted && error === interrupted) {
    return { status: interrupted.exitStatus, line: 'interrupted before there was a result; nothing was written' };
  }
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? { status: 0 } : { status: 2, line: usageError(error).message };
  }
  if (error instanceof InputError) return { status: 2, line: error.message };
  if (error instanceof GpuError) return { status: 1, line: error.message };
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { status: 1, line: `a fault of otmix itself, ${said}; set OTMIX_DEBUG=1 to see where, and report it` };
}

/** Prints how a command that threw ends and answers its exit status; OTMIX_DEBUG=1 adds the stack. */
export function reportFailure(error: unknown): number {
  const { status, line } = endingOf(error);
  if (line !== undefined) process.stderr.write(`otmix: ${line.replace(/\s*\n\s*/g, ' ')}\n`);
  if (line !== undefined && process.env.OTMIX_DEBUG === '1' && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
    if (error.cause instanceof Error) process.stderr.write(`caused by ${error.cause.stack ?? ''}\n`);
  }
  return status;
}
