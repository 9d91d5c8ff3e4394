import { parseArgs } from 'node:util';
import { InputError } from '../src/base/errors.js';

/** What can be measured, and what it is. Those marked run where none is named: they need no GPU and have a small size. */
export const benches = {
  cpu: { unnamed: true, about: 'EM iterations on the CPU, beside the peers that are installed' },
  fit: { unnamed: true, about: 'whole fits, by phase' },
  families: {
    unnamed: false,
    about: 'EM iterations of other families than Gaussians, beside numpy, StepMix and poLCA',
  },
  float64: { unnamed: false, about: 'sweeps in float64 beside those in float32, on one thread' },
  load: { unnamed: false, about: 'loading, seeding and scoring in sweeps, and Parquet beside DuckDB alone' },
  start: { unnamed: false, about: "import 'otmix', and the command: what a process pays before it computes" },
  small: { unnamed: false, about: 'small fits in a process that has made many' },
  predict: { unnamed: false, about: 'labels, log-densities and responsibilities of rows, beside scikit-learn' },
  sample: { unnamed: false, about: 'rows drawn from a mixture, beside scikit-learn' },
  select: { unnamed: false, about: 'a choice among 80 models, beside scikit-learn at some of them' },
  memory: { unnamed: false, about: 'what otmix predict holds at most of ten million rows of Parquet' },
  cluster: {
    unnamed: false,
    about: 'what an iteration takes on workers that have next to nothing to sweep, by Ray too',
  },
  simulate: { unnamed: false, about: 'iterations on 1,000 workers by simulation, of what cluster has measured' },
  large: { unnamed: false, about: 'a table beyond memory: peaks, and rates from a file beside those from memory' },
  generated: { unnamed: false, about: 'a billion rows that an asynchronous source generates, in a file' },
  composites: { unnamed: true, about: "the composites on tfjs's backend cpu, beside scikit-learn" },
  flights: { unnamed: false, about: 'three million flights from Parquet to a fit, beside scikit-learn' },
  transport: { unnamed: false, about: 'sweeps that prescribed proportions take, by Newton, Anderson and Sinkhorn' },
  sinkhorn: { unnamed: false, about: 'transport problems by themselves, beside POT and OTT-JAX' },
  gpu: { unnamed: false, about: "the WebGPU kernels on this machine's adapter, beside PyTorch" },
} as const;
export type BenchName = keyof typeof benches;
/** Those that write a file of their figures. */
const WRITING: readonly BenchName[] = ['cpu', 'families', 'gpu', 'large'];
const unnamed = (Object.keys(benches) as BenchName[]).filter((name) => benches[name].unnamed);

const options = {
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  only: { type: 'string', default: '' },
  adapter: { type: 'string' },
  rows: { type: 'string' },
  table: { type: 'string' },
  seconds: { type: 'string' },
  dawn: { type: 'string', default: '' },
  torch: { type: 'string', default: 'cuda' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const about: Readonly<Record<keyof typeof options, readonly [usage: string, about: string]>> = {
  quick: ['--quick', 'smaller sizes, as where no bench is named'],
  json: ['--json FILE', `${WRITING.join(', ')}: writes the figures there`],
  only: ['--only PROBLEM,…', 'cpu, families: some problems only, such as full or 200000x16x16'],
  adapter: ['--adapter NAME', 'gpu: one whose name has this in it'],
  rows: ['--rows N', 'generated, gpu, large: so many; default a billion generated, ten million of large'],
  table: ['--table FILE', 'large: Parquet of columns x0 … x7 that is there, rather than one that is made'],
  seconds: ['--seconds S', 'gpu: what would end later is left out: sizes, then speed-ups, then PyTorch'],
  dawn: ['--dawn TOGGLE,…', "gpu: Dawn's toggles, such as disable_robustness"],
  torch: ['--torch DEVICE', 'gpu: cuda (default), or cpu to try PyTorch without a GPU'],
  help: ['-h, --help', 'this'],
};

/** What `npm run bench -- …` was asked for. */
export interface BenchArguments {
  readonly names: readonly BenchName[];
  readonly quick: boolean;
  readonly json?: string | undefined;
  readonly only: readonly string[];
  readonly adapter?: string | undefined;
  readonly rows?: number | undefined;
  readonly table?: string | undefined;
  readonly seconds?: number | undefined;
  readonly dawn: readonly string[];
  readonly torch: 'cuda' | 'cpu';
}

/** Reads arguments; 'help' where that is what was asked for. Throws `InputError` for what there is none of. */
export function benchArguments(args: readonly string[]): BenchArguments | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const unknown = positionals.find((name) => !isBench(name));
  if (unknown !== undefined) throw mistake(`some of ${Object.keys(benches).join(', ')}`, unknown);
  const named = positionals.filter(isBench);
  const writing = named.filter((name) => WRITING.includes(name));
  if (values.json !== undefined && writing.length > 1)
    throw mistake('one bench to write to --json', writing.join(' and '));
  const { json, adapter, table, torch } = values;
  if (torch !== 'cuda' && torch !== 'cpu') throw mistake('--torch cuda or cpu', torch);
  return {
    names: named.length > 0 ? named : unnamed,
    quick: values.quick || named.length === 0,
    ...{
      json,
      adapter,
      table,
      torch,
      rows: wholeOf('--rows', values.rows),
      seconds: wholeOf('--seconds', values.seconds),
      only: parts(values.only),
      dawn: parts(values.dawn),
    },
  };
}

export function benchHelp(): string {
  return `npm run bench -- [NAME …] [options]

Correctness first, then speed. Without a name: ${unnamed.join(', ')}.

${list(Object.entries(benches).map(([name, one]) => [name, one.about]))}

${list(Object.values(about))}`;
}

export function mistake(expected: string, got: string): InputError {
  return new InputError('option', { where: 'bench', expected, got, remedy: 'see --help' });
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [got] = error.message.split('. '); // what follows is about arguments that begin with a dash
    throw mistake('options that there are', got.charAt(0).toLowerCase() + got.slice(1));
  }
}

function wholeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const whole = Number(text);
  if (!(Number.isSafeInteger(whole) && whole > 0)) throw mistake(`${option} to be a whole number above 0`, text);
  return whole;
}

/** Names in a column of their own. */
function list(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`).join('\n');
}

const isBench = (name: string): name is BenchName => Object.hasOwn(benches, name);
const parts = (list: string): string[] => list.split(',').filter((part) => part !== '');
