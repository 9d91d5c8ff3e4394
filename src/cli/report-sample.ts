import { RowSample, type DrawnRows } from '../data/row-sample.js';
import type { Batch, Source } from '../data/source.js';
import type { Mixture } from '../mixture/mixture.js';

/** Rows drawn for a report as they pass, of which some columns may be text. */
export class ReportSample {
  private readonly sample: RowSample;
  private texts: Batch['levels'];

  /** Of rows of d columns. */
  constructor(d: number, seed: number) {
    this.sample = new RowSample(d, { seed });
  }

  see(batch: Batch, before: number): void {
    this.texts = batch.levels;
    this.sample.see(batch, before);
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
