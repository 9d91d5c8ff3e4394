import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './iterations.js';
import { execute } from './peers/execute.js';
import { digits, table } from './table.js';

/** Milliseconds of a process, or of a part of one. */
interface Start {
  readonly wall: number;
  /** Of all threads. */
  readonly processor: number;
}

/** One line of the bench: several processes that do the same. */
export interface StartResult {
  readonly name: string;
  readonly runs: readonly Start[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'dist/node/cli/main.js');
const tenRows = 'a,b\n1,2\n2,1\n3,3\n8,9\n9,8\n7,7\n1.5,2\n2,2\n8,8\n9,9\n';

/** Says on standard error, as the process ends, what it has taken since it began. */
const farewell = `import { writeSync } from 'node:fs';
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeSync(2, '\\n' + JSON.stringify({ wall: performance.now(), processor: (user + system) / 1000 }));
  });`;
/** The same of the import alone. */
const importing = `const began = performance.now();
  const before = process.cpuUsage();
  await import('otmix');
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  process.stderr.write('\\n' + JSON.stringify({ wall, processor: (user + system) / 1000 }));`;

/** `npm run bench -- start`: what a process pays before it computes, each line in processes of its own, in turn. */
export async function benchStart(runs: number, say: (text: string) => void): Promise<readonly StartResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'otmix-start-'));
  const data = join(folder, 'ten.csv');
  await writeFile(data, tenRows);
  const whole = ['--import', `data:text/javascript,${encodeURIComponent(farewell)}`];
  const lines: readonly { readonly name: string; readonly args: readonly string[]; readonly runs: Start[] }[] = [
    { name: 'node -e 0', args: [...whole, '--eval', '0'], runs: [] },
    { name: "import 'otmix'", args: ['--input-type=module', '--eval', importing], runs: [] },
    { name: 'otmix --version', args: [...whole, command, '--version'], runs: [] },
    { name: 'otmix fit, ten rows', args: [...whole, command, 'fit', data, '-k', '2', '--json'], runs: [] },
  ];
  try {
    for (let run = 0; run < runs; run++) {
      for (const line of lines) line.runs.push(await started(line.args));
      say(`started ${run + 1} of ${runs}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return lines;
}

async function started(args: readonly string[]): Promise<Start> {
  const { status, complaints } = await execute(process.execPath, args, '', process.env, root);
  if (status !== 0) throw new Error(`bench: expected a process to start, got\n${complaints}`);
  return JSON.parse(complaints.split('\n').at(-1) ?? '') as Start;
}

export function startTable(results: readonly StartResult[]): string {
  const rows = results.map(({ name, runs }) => {
    const walls = runs.map(({ wall }) => wall);
    const figures = [Math.min(...walls), median(walls), median(runs.map(({ processor }) => processor))];
    return [name, ...figures.map((figure) => digits(figure))];
  });
  return table(['in a process of its own', 'least ms', 'median ms', 'processor ms'], rows);
}
