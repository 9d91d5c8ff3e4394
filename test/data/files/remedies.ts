import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { addDataFlags, sourceOptions, type DataFlags } from '../../../src/cli/flags.js';
import type { SourceOptions } from '../../../src/sources.js';

/** What is suggested where text is not wanted as numbers. */
export const asLevels = "read text as levels with --family categorical (text: 'levels' of openSource)";

/**
 * The options of `openSource` that a message suggests to add, as `--columns 'a b',c`: taken apart by a shell, and then by
 * the command's own flags. Of several suggestions, which "or" separates, the `which`-th.
 */
export function suggested(message: string, which = 0): SourceOptions {
  const remedy = message.slice(message.indexOf('; ') + 2);
  const found = remedy.split(/,? or /)[which].match(/(?<=^|\s)--[a-z][a-z-]+.*/s)?.[0];
  if (found === undefined) throw new Error(`no option in ${remedy}`);
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${found}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
  const command = addDataFlags(new Command().exitOverride().allowExcessArguments());
  command.parse(words, { from: 'user' });
  return sourceOptions(command.opts<DataFlags>());
}
