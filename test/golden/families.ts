import { readFileSync } from 'node:fs';
import { goldenRows } from './data.js';

/** Numbers by component, then as the family has them; of categorical families by column, component and level. */
type Numbers = number | readonly Numbers[];

/** A mixture of one family over columns that are independent given the component, but for families of several columns. */
export interface FamilyFit {
  readonly name: string;
  readonly data: string;
  readonly family: string;
  /** As a model file has them; left out where the family has none. */
  readonly options?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  /** Of categorical columns. */
  readonly levels?: readonly number[];
  readonly start: { readonly weights: readonly number[]; readonly parameters: Readonly<Record<string, Numbers>> };
  /** Log-likelihoods after some numbers of EM steps. */
  readonly trace: Readonly<Record<string, number>>;
  /** Steps to the optimum. */
  readonly iterations: number;
  readonly optimum: FamilyFit['start'] & { readonly logLikelihood: number };
}

interface Fixture {
  readonly data: Readonly<
    Record<
      string,
      { readonly columns: readonly string[]; readonly rowsAndCounts: readonly (readonly (number | null)[])[] }
    >
  >;
  readonly fits: readonly FamilyFit[];
}

const fixture = JSON.parse(readFileSync(new URL('./families.json', import.meta.url), 'utf8')) as Fixture;

/** Converged fits of families other than the Gaussian, from families.json. */
export const familyFits = fixture.fits;

/** The rows that a fit is of, in its columns, NaN where a value is missing; and how often each is there. */
export function familyRows({ data, columns }: FamilyFit): { readonly rows: number[][]; readonly counts: number[] } {
  if (data === 'faithful') {
    const rows = goldenRows('faithful', columns);
    return { rows, counts: rows.map(() => 1) };
  }
  const { columns: all, rowsAndCounts } = fixture.data[data];
  const places = columns.map((column) => all.indexOf(column));
  return {
    rows: rowsAndCounts.map((row) => places.map((place) => row[place] ?? NaN)),
    counts: rowsAndCounts.map((row) => row[row.length - 1] ?? NaN),
  };
}
