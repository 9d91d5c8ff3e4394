import type { Command } from 'commander';
import type { TextOptions } from '../data/text/options.js';
import { names, oneOf } from './parsers.js';

/** How text files are read. */
export interface TextFlags {
  readonly header?: boolean;
  readonly decimal?: '.' | ',';
  readonly thousands?: string;
  readonly na?: string[];
}

export function addTextFlags(command: Command): Command {
  return command
    .optionsGroup('Text files:')
    .option('--header', 'the first line names the columns; by default that is found out')
    .option('--no-header', 'the first line is data')
    .option('--decimal <sign>', 'the decimal sign, . or ,', oneOf('--decimal', ['.', ',']))
    .option('--thousands <sign>', 'what groups digits by three, as in 1,234')
    .option('--na <list>', 'more spellings of a missing value, as in -999,unknown', names('--na'));
}

export function textOptions({ header, decimal, thousands, na }: TextFlags): TextOptions {
  return {
    ...(header !== undefined && { header }),
    ...(decimal !== undefined && { decimal }),
    ...(thousands !== undefined && { thousands }),
    ...(na && { na }),
  };
}
