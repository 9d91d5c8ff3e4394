import { RowSample, type DrawnRows } from '../data/row-sample.js';
import type { Batch, Source } from '../data/source.js';
import type { Mixture } from '../mixture/mixture.js';

/** Rows drawn for a report as they pass, of which some columns may be text, and what all rows lack. */
export class ReportSample {
  private readonly sample: RowSample;
  private texts: Batch['levels'];
  /** What rows without a value weigh together, by column, `[d]`; and all rows. */
  private readonly missing: Float64Array;
  private weight = 0;

  /** Of rows of d columns; `gaps`: whether rows that lack values are drawn as well. */
  constructor(d: number, { seed, gaps = false }: { readonly seed: number; readonly gaps?: boolean }) {
    this.sample = new RowSample(d, { seed, gaps });
    this.missing = new Float64Array(d);
  }

  see(batch: Batch, before: number): void {
    this.texts = batch.levels;
    this.sample.see(batch, before);
    if (before === 0) this.forget();
    this.count(batch);
  }

  /** Share of the weight of all rows without a value, by column, `[d]`. */
  get missingShares(): number[] {
    return Array.from(this.missing, (weight) => (this.weight > 0 ? weight / this.weight : 0));
  }

  private forget(): void {
    this.missing.fill(0);
    this.weight = 0;
  }

  private count({ rows, values, weights }: Batch): void {
    const d = this.missing.length;
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      this.weight += weight;
      for (let j = 0; j < d; j++) if (Number.isNaN(values[row * d + j])) this.missing[j] += weight;
    }
  }

  /** The rows drawn: of text, the place among the mixture's levels. */
  taken({ levels }: Pick<Mixture, 'levels'>): DrawnRows {
    const { rows, ...drawn } = this.sample.taken();
    const { texts } = this;
    if (!texts) return { rows, ...drawn };
    const places = levels.map((own) => new Map(Array.from(own ?? [], (level, place) => [String(level), place])));
    const placed = (value: number, j: number): number => {
      const text = texts[j]?.[value];
      return text === undefined ? value : (places[j].get(text) ?? value);
    };
    return { rows: rows.map((row) => row.map(placed)), ...drawn };
  }
}

/** Drawn rows as data of the mixture, which has the texts of their levels. */
export function dataOf(rows: DrawnRows['rows'], { columns, levels }: Mixture): Source {
  const texts = levels.map((own) => (own?.some((level) => typeof level === 'string') ? own.map(String) : undefined));
  const batch: Batch = {
    rows: rows.length,
    values: Float64Array.from(rows.flat()),
    ...(texts.some((own) => own !== undefined) && { levels: texts }),
  };
  return {
    ...{ name: 'the rows drawn', columns, rows: rows.length },
    async *batches() {
      yield await Promise.resolve(batch);
    },
  };
}
