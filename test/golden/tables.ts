import { readFileSync } from 'node:fs';
import type { PriorOptions } from '../../src/index.js';

/** Parameters by name, as `mixture.components` has them. */
type Components = Readonly<Record<string, unknown>>;

/** A mixture of families on different columns of a table, some of whose values are missing. */
export interface TableFit {
  readonly name: string;
  readonly data: string;
  readonly blocks: readonly {
    readonly family: string;
    readonly covariance?: 'full' | 'diag';
    readonly columns: readonly string[];
  }[];
  /** Of fits to a mode of the posterior. */
  readonly prior?: PriorOptions;
  readonly start: { readonly weights: readonly number[]; readonly components: readonly Components[] };
  /** Log-likelihoods, with the log prior where there is one, after some numbers of EM steps. */
  readonly trace: Readonly<Record<string, number>>;
  /** Steps to the optimum. */
  readonly iterations: number;
  readonly optimum: {
    readonly logLikelihood: number;
    /** With the log prior, of fits that have one. */
    readonly objective?: number;
    readonly weights: readonly number[];
    /** How many there are. */
    readonly parameters: number;
    readonly components: readonly Components[];
  };
}

interface Fixture {
  readonly data: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly rows: readonly (readonly (number | null)[])[] }>
  >;
  readonly fits: readonly TableFit[];
}

const fixture = JSON.parse(readFileSync(new URL('./tables.json', import.meta.url), 'utf8')) as Fixture;

/** Converged fits of tables, from tables.json. */
export const tableFits = fixture.fits;

/** The whole table that a fit is of, null where a value is missing. */
export function wholeTable({ data }: TableFit): Fixture['data'][string] {
  return fixture.data[data];
}

/** The rows that a fit is of as records, null where a value is missing. */
export function tableRows({ data, blocks }: TableFit): Record<string, number | null>[] {
  const { columns, rows } = fixture.data[data];
  const wanted = blocks.flatMap((block) => block.columns).map((name) => [name, columns.indexOf(name)] as const);
  return rows.map((row) => Object.fromEntries(wanted.map(([name, place]) => [name, row[place]])));
}
