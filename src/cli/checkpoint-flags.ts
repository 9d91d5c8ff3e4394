/** The flags by which fits are kept and gone on with. */
import type { Command } from 'commander';
import { InputError } from '../base/errors.js';
import type { FitOptions } from '../fit/options.js';
import { number } from './parsers.js';

export interface CheckpointFlags {
  readonly checkpoint?: string;
  readonly checkpointEvery?: number;
  readonly resume?: string;
}

/** Names of the flags, which say nothing of what is fitted. */
const names = ['--checkpoint', '--checkpoint-every', '--resume'];

export function addCheckpointFlags(command: Command): Command {
  return command
    .optionsGroup('Checkpoints:')
    .option('--checkpoint <file>', 'keep how far it has come, to go on from after a crash')
    .option('--checkpoint-every <s>', 'seconds between two checkpoints; default 60', number('--checkpoint-every'))
    .option(
      '--resume <file>',
      'go on from a checkpoint, to the same result; with --checkpoint FILE begin if there is none',
    );
}

/** What the flags ask of the library; throws `InputError('option')` for a time with no file. */
export function checkpointOptions(flags: CheckpointFlags): Pick<FitOptions, 'checkpoint' | 'resume'> {
  const { checkpoint: file, checkpointEvery: everySeconds, resume } = flags;
  if (file === undefined && everySeconds !== undefined) {
    throw new InputError('option', {
      where: '--checkpoint-every',
      expected: '--checkpoint FILE with it',
      got: 'none',
      remedy: 'add --checkpoint FILE, or leave it out',
    });
  }
  return {
    ...(file !== undefined && { checkpoint: { file, ...(everySeconds !== undefined && { everySeconds }) } }),
    ...(resume !== undefined && { resume }),
  };
}

/** Arguments of a command without these flags. */
export function withoutCheckpoints(args: readonly string[]): string[] {
  const isFlag = (argument: string | undefined): boolean => argument !== undefined && names.includes(argument);
  return args.filter(
    (argument, at) =>
      !isFlag(argument) && !isFlag(args[at - 1]) && !names.some((name) => argument.startsWith(`${name}=`)),
  );
}
