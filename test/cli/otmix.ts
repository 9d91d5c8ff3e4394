import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'dist/node/cli/main.js');

/** A file of this checkout. */
export const inCheckout = (path: string): string => join(root, path);
export const faithful = inCheckout('test/golden/faithful.csv');
export const iris = inCheckout('test/golden/iris.csv');
export const irisColumns = 'sepal_length,sepal_width,petal_length,petal_width';

/** How a run of the command ended. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Called with all that standard error has got so far, whenever it gets more. */
  readonly onStderr?: (child: ChildProcess, text: string) => void;
  readonly onStdout?: (child: ChildProcess) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in; by default there is no standard input. */
  readonly stdin?: string | Uint8Array;
  /** Writes standard input as it likes, and ends it or the command. */
  readonly feed?: (child: ChildProcess) => void;
  /** What a shell does before it becomes the command, such as `ulimit -f 8`, or a redirection after `exec`. */
  readonly shell?: string;
}

/** Runs the built command in a folder to its end. */
export function otmix(
  cwd: string,
  args: readonly string[],
  { onStderr, onStdout, env, stdin, feed, shell = '' }: RunOptions = {},
): Promise<Outcome> {
  if (!existsSync(command)) throw new Error(`expected ${command}, got no such file; run npm run build`);
  return new Promise((resolve, reject) => {
    // With the flags of the tests, so that the command computes with the same build of the kernel as the library here.
    const words = [process.execPath, ...process.execArgv, command, ...args];
    const child = spawn('sh', ['-c', `${shell}\nexec "$@"`, 'sh', ...words], {
      cwd,
      stdio: [stdin === undefined && !feed ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, OTMIX_DEBUG: '', ...env },
      timeout: 240_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdin?.on('error', () => undefined); // it may end before it has read all
    if (feed) feed(child);
    else child.stdin?.end(stdin);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onStdout?.(child);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(child, stderr);
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** A folder for the tests of a file, with what it takes to write to it and see what is in it. */
export interface Folder {
  readonly path: string;
  write(name: string, text: string | Uint8Array): string;
  read(name: string): string;
  names(): string[];
}

/** Makes a folder before the tests of this file and removes it after them. */
export function temporaryFolder(): Folder {
  let path = '';
  beforeAll(() => void (path = mkdtempSync(join(tmpdir(), 'otmix-cli-'))));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    write(name, text) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    read: (name) => readFileSync(join(path, name), 'utf8'),
    names: () => readdirSync(path).sort(),
  };
}

/** The cells of CSV text without quotes, its header apart. */
export function csv(text: string): { columns: string[]; rows: string[][] } {
  const [columns, ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return { columns, rows };
}
