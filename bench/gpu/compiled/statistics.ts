/** What a driver says of a pipeline that it has compiled: driver.c has written it to files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopsOf, type Loop } from './machine-code.js';

export interface Statistics {
  /** Of vectors, of a lane; of Intel's GPUs those of a subgroup that are used at once. */
  readonly registers: number;
  /** Bytes of memory in place of registers, of a lane; of Intel's GPUs those of a subgroup. */
  readonly scratch: number;
  /** Empty where the machine code is not AMD's. */
  readonly loops: readonly Loop[];
}

/** Names by driver: RADV's, NVK's, ANV's. */
const registers = ['VGPRs', 'Number of GPRs', 'Max live registers'] as const;
const scratch = ['Scratch size', 'SLM Size', 'Scratch Memory Size'] as const;

/** Of the last pipeline that was made. */
export function lastOf(folder: string): Statistics {
  const files = readdirSync(folder).filter((name) => name.endsWith('.stats'));
  const last = files.sort().at(-1);
  if (last === undefined)
    throw new Error(`${folder}: expected files of the driver, got none; run scripts/with-radv.sh`);
  const code = join(folder, last.replace('stats', 'Assembly.txt'));
  return {
    ...statisticsOf(readFileSync(join(folder, last), 'utf8')),
    loops: existsSync(code) ? loopsOf(readFileSync(code, 'utf8')) : [],
  };
}

/** Of lines of a name and a number, a tab between them. */
export function statisticsOf(text: string): Pick<Statistics, 'registers' | 'scratch'> {
  const told = new Map(text.split('\n').map((line) => line.split('\t') as [string, string]));
  const one = (names: readonly string[]): number => {
    const name = names.find((known) => told.has(known));
    if (name === undefined)
      throw new Error(`compiled: expected one of ${names.join(', ')} of the driver, got none; add its name`);
    return Number(told.get(name));
  };
  return { registers: one(registers), scratch: one(scratch) };
}
