import { RowSample } from '../data/row-sample.js';
import type { Source } from '../data/source.js';
import type { Fit } from '../fit.js';
import type { Selection } from '../select.js';
import { writeText } from '../storage.node.js';
import { requireDimensions, sourceOptions, type DataFlags, type FitFlags, type ResultFlags } from './flags.js';
import { openData, watched } from './input.js';
import { originOf } from './origin.js';
import { inputFiles, outputPlaces } from './outputs.js';

type Flags = DataFlags & FitFlags & ResultFlags;
type Seconds = Readonly<Record<string, number>>;

/** What `fit` and `select` need before they start, and what they do with a fit. */
export interface Preparation {
  readonly source: Source;
  /** Saves the model and writes the report, as asked; answers the seconds by phase, `total` among them. */
  deliver(fit: Fit, seconds: Seconds, selection?: Selection): Promise<Seconds>;
}

/**
 * Opens the data and checks where results are to go, before any time is spent on them. Throws `InputError` for what
 * cannot work.
 */
export async function prepare(spec: string, flags: Flags): Promise<Preparation> {
  const started = performance.now();
  const places = await outputPlaces({ '--out': flags.out, '--report': flags.report }, await inputFiles(spec));
  const opened = await openData(spec, sourceOptions(flags));
  requireDimensions(flags, opened.columns);
  const sample = new RowSample(opened.columns.length, { seed: flags.seed });
  const { '--out': out, '--report': report } = places;
  const elapsed = (): number => (performance.now() - started) / 1000;
  return {
    source: report === undefined ? opened : watched(opened, (batch, before) => sample.see(batch, before)),
    async deliver(fit, seconds, selection) {
      const mixture = fit.mixture.withProvenance(originOf());
      if (out !== undefined) await mixture.save(out);
      if (report === undefined) return { ...seconds, total: elapsed() };
      const { reportOf } = await import('./report.js');
      const parts = { spec, flags, sample, seconds: { ...seconds, total: elapsed() } };
      const before = elapsed();
      await writeText(report, await reportOf({ ...fit, mixture }, selection ? { ...parts, selection } : parts));
      return { ...seconds, report: elapsed() - before, total: elapsed() };
    },
  };
}

/** Says where results were put. */
export function placesLine({ out, report }: ResultFlags): string {
  const lines = [
    ...(out === undefined ? [] : [`The model is in ${out}.`]),
    ...(report === undefined ? [] : [`The report is in ${report}.`]),
  ];
  return lines.length > 0 ? `\n${lines.join(' ')}\n` : '';
}
