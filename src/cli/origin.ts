import type { Provenance } from '../mixture/model-json.js';
import { withoutCheckpoints } from './checkpoint-flags.js';
import { shellLine } from './shell.js';

/** What only the command knows of a fit: when it was made, in UTC, and how to make it again, in one go. */
export type Origin = Required<Pick<Provenance, 'created' | 'command'>>;

/**
 * That of the command that runs. Where SOURCE_DATE_EPOCH (reproducible-builds.org) is set, it is the time in seconds
 * since 1970, so that the same fit gives the same bytes.
 */
export function originOf(args = process.argv.slice(2), epoch = process.env.SOURCE_DATE_EPOCH): Origin {
  const now = epoch !== undefined && /^\d{1,12}$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  return {
    created: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    command: shellLine(['otmix', ...withoutCheckpoints(args)]),
  };
}
