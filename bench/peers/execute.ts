import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Executed {
  /** Null where it could not be started or a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly complaints: string;
}

/** Runs a program to its end with a text on standard input. */
export function execute(
  command: string,
  args: readonly string[],
  input = '',
  env: NodeJS.ProcessEnv = process.env,
  cwd?: string,
): Promise<Executed> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd, stdio: 'pipe' });
    let [output, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdin.on('error', () => {}); // a child that ended before reading says so by its status
    child.on('error', (error) => resolve({ status: null, signal: null, output, complaints: error.message }));
    child.on('close', (status, signal) => resolve({ status, signal, output, complaints }));
    child.stdin.end(input);
  });
}
