import { readFileSync } from 'node:fs';
import { familyFits, familyRows } from './families.js';
import { tableFits, wholeTable } from './tables.js';

/** A published fit as a command finds it. */
export interface GoldenCommand {
  readonly name: string;
  readonly k: number;
  /** What `--family` says. */
  readonly family: string;
  /** The name of a column of weights. */
  readonly weights?: string;
  /** The data, with a line of names. */
  readonly csv: string;
  readonly logLikelihood: number;
  /** How many of how many random starts of plain EM came to the optimum. */
  readonly reached: readonly [hits: number, starts: number];
}

type Told = Readonly<Record<string, Pick<GoldenCommand, 'family' | 'reached'>>>;

const told = JSON.parse(readFileSync(new URL('./commands.json', import.meta.url), 'utf8')) as Told;

/** The published fits of families.json and tables.json, as commands.json has them. */
export const goldenCommands: readonly GoldenCommand[] = [...familyFits.map(ofFamily), ...tableFits.map(ofTable)];

/** Rows as often as they are there; those of a table of counts are weighted by them. */
function ofFamily(fit: (typeof familyFits)[number]): GoldenCommand {
  const { rows, counts } = familyRows(fit);
  const weighted = fit.data === 'poisson_times';
  const lines = weighted
    ? rows.map((row, i) => [...row, counts[i]])
    : rows.flatMap((row, i) => Array.from({ length: counts[i] }, () => row));
  const columns = [...fit.columns, ...(weighted ? ['n'] : [])];
  return { ...head(fit), csv: csvOf(columns, lines), ...(weighted && { weights: 'n' }) };
}

function ofTable(fit: (typeof tableFits)[number]): GoldenCommand {
  const { columns, rows } = wholeTable(fit);
  return { ...head(fit), csv: csvOf(columns, rows) };
}

function head(fit: (typeof familyFits)[number] | (typeof tableFits)[number]) {
  const { name, start, optimum } = fit;
  return { name, ...told[name], k: start.weights.length, logLikelihood: optimum.logLikelihood };
}

function csvOf(columns: readonly string[], rows: readonly (readonly (number | null)[])[]): string {
  const cell = (value: number | null): string => (value === null || Number.isNaN(value) ? '' : String(value));
  return `${[columns, ...rows.map((row) => row.map(cell))].map((line) => line.join()).join('\n')}\n`;
}
