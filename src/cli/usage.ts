import { existsSync } from 'node:fs';
import type { CommanderError } from 'commander';
import { formatOf, isQuery } from '../data/files/paths.js';
import { InputError, type Complaint } from '../base/errors.js';
import { shellLine } from './shell.js';
import { commandMeant, commands, optionMeant } from './synonyms.js';

type Rule = (subject: string) => Omit<Complaint, 'where'>;

/** What is wrong with a command line, by commander's code; `subject` is what its message quotes. */
const rules: Readonly<Partial<Record<string, Rule>>> = {
  'commander.unknownCommand': (subject) => unknownCommand(subject),
  'commander.help': () => unknownCommand(process.argv[3] ?? ''), // otmix help WHAT
  'commander.unknownOption': (subject) => unknownOption(subject),
  'commander.missingArgument': (subject) => ({ expected: subject.toUpperCase(), got: 'none', remedy: seeHelp() }),
  'commander.optionMissingArgument': (subject) => ({
    expected: subject,
    got: 'no value for it',
    remedy: 'add the value',
  }),
  'commander.excessArguments': () => ({
    expected: 'fewer arguments',
    got: JSON.stringify(process.argv.slice(3).join(' ')),
    remedy: 'quote a glob or a query, so that the shell leaves it whole',
  }),
};

/** A complaint of commander's as one line that says what was expected, what was got and what to do. */
export function usageError(error: CommanderError): InputError {
  const message = error.message.replace(/^error: /, '');
  const [, subject = message] = /'(.*?)'/s.exec(message) ?? [];
  const [, similar] = /\(Did you mean (.*?)\?\)/s.exec(message) ?? [];
  const complaint = rules[error.code]?.(subject) ?? {
    expected: 'a valid command line',
    got: message,
    remedy: seeHelp(),
  };
  const unhelped = complaint.remedy.startsWith('see ');
  const remedy = similar !== undefined && unhelped ? `did you mean ${similar}?` : complaint.remedy;
  return new InputError('option', { ...complaint, where: commandName(error), remedy });
}

/** The error for a source or another argument that is not there. */
export function missingArgument(name: string): InputError {
  const complaint = { expected: name.toUpperCase(), got: 'none', remedy: seeHelp() };
  return new InputError('option', { where: process.argv[2] ?? 'command', ...complaint });
}

/** The error for an option that a command can't do without. */
export function missingOption(command: string, expected: string, remedy: string): InputError {
  return new InputError('option', { where: command, expected, got: 'none', remedy });
}

/** A command line to parse: one whose command is unknown has no help of its own, and is told so. */
export function knownCommand(argv: readonly string[]): readonly string[] {
  const [, , command = ''] = argv;
  if (command.startsWith('-') || command === 'help' || commands.some((known) => known === command)) return argv;
  return argv.filter((word) => word !== '--help' && word !== '-h');
}

function unknownCommand(name: string): ReturnType<Rule> {
  const expected = `one of ${commands.join(', ')}`;
  return { expected, got: JSON.stringify(name), remedy: instead(name) };
}

function instead(name: string): string {
  if (name === '-' || formatOf(name) !== undefined || isQuery(name) || existsSync(name)) {
    const data = shellLine([name]);
    return `did you mean otmix fit ${data} -k 3? Don't know k? otmix select ${data} -k 1:9`;
  }
  const meant = commandMeant(name);
  return meant === undefined ? 'see otmix --help' : `did you mean ${meant}?`;
}

function unknownOption(subject: string): ReturnType<Rule> {
  const meant = optionMeant(subject, process.argv[2] ?? '');
  const remedy = meant === undefined ? seeHelp() : `did you mean ${meant}?`;
  return { expected: 'a known option', got: subject, remedy };
}

function seeHelp(): string {
  const [, , command = ''] = process.argv;
  return commands.some((known) => known === command) ? `see otmix ${command} --help` : 'see otmix --help';
}

/** The command that was called. */
function commandName({ code }: CommanderError): string {
  const [, , command = ''] = process.argv;
  return code !== 'commander.unknownCommand' && /^[a-z]+$/.test(command) ? command : 'command';
}
