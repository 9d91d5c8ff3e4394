import type { CommanderError } from 'commander';
import { InputError, type Complaint } from '../errors.js';

type Rule = (subject: string) => Omit<Complaint, 'where'>;

/** What is wrong with a command line, by commander's code; `subject` is what its message quotes. */
const rules: Readonly<Partial<Record<string, Rule>>> = {
  'commander.unknownCommand': (subject) => unknownCommand(subject),
  'commander.help': () => unknownCommand(process.argv[3] ?? ''), // otmix help WHAT
  'commander.unknownOption': (subject) => ({ expected: 'a known option', got: subject, remedy: seeHelp() }),
  'commander.missingArgument': (subject) => ({ expected: subject.toUpperCase(), got: 'none', remedy: seeHelp() }),
  'commander.missingMandatoryOptionValue': (subject) => ({ expected: subject, got: 'none', remedy: 'add it' }),
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
  const remedy = similar === undefined ? complaint.remedy : `did you mean ${similar}?`;
  return new InputError('option', { ...complaint, where: commandName(error), remedy });
}

function unknownCommand(name: string): ReturnType<Rule> {
  const expected = 'one of fit, predict, select, sample, doctor';
  return { expected, got: JSON.stringify(name), remedy: 'see otmix --help' };
}

function seeHelp(): string {
  return `see otmix ${process.argv[2] ?? ''} --help`.replace('  ', ' ');
}

/** The command that was called. */
function commandName({ code }: CommanderError): string {
  const [, , command = ''] = process.argv;
  return code !== 'commander.unknownCommand' && /^[a-z]+$/.test(command) ? command : 'command';
}
