import type { Source } from '../data/source.js';
import type { Fit } from '../fit/fit.js';
import type { Family } from '../families/family.js';
import type { Selection } from '../fit/select.js';
import { proposer } from './auto.js';
import { deliver, type Findings } from './delivery.js';
import { openForFamilies, type ChosenFamilies, type FamiliesAsked } from './families.js';
import { requireDimensions, sourceOptions, type DataFlags, type FitFlags, type ResultFlags } from './flags.js';
import { inputOf, openable, readThrough, watched } from './input.js';
import { originOf } from './origin.js';
import { ReportSample } from './report-sample.js';
import { outputPlaces, requireResultFormats } from './outputs.js';

type Flags = DataFlags & FitFlags & ResultFlags;
type Seconds = Readonly<Record<string, number>>;

/** What `fit` and `select` need before they start, and what they do with a fit. */
export interface Preparation {
  readonly source: Source;
  /** What to fit to it: one model each. */
  readonly families: readonly Family[];
  /** Prints, saves and reports a fit as asked; throws what failed of it once the rest is done. */
  deliver(fit: Fit, telling: Telling): Promise<void>;
}

/** How a fit is told. */
export interface Telling extends Pick<Findings, 'summary' | 'json'> {
  /** Seconds by phase. */
  readonly seconds: Seconds;
  readonly selection?: Selection;
}

/**
 * Opens the data and checks where results are to go, before any time is spent on them. Throws `InputError` for what
 * cannot work, and the signal's reason as soon as it is aborted.
 */
export async function prepare(
  spec: string | undefined,
  flags: Flags,
  asked: FamiliesAsked,
  signal: AbortSignal,
): Promise<Preparation> {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const input = await inputOf(spec, flags, signal);
  const { out: model, report: page, checkpoint, resume } = flags;
  const kept = checkpoint === undefined ? { '--resume': resume } : { '--checkpoint': checkpoint };
  const outputs = { '--out': model, '--report': page, ...kept };
  const places = await outputPlaces(outputs, await input.files());
  requireResultFormats(flags);
  let families: ChosenFamilies['families'] = [];
  const opened = await input.open(async (path) => {
    const options = { ...sourceOptions(flags), signal };
    const chosen = await openForFamilies(asked, options, openable(path), proposer(signal, flags.quiet));
    ({ families } = chosen);
    return chosen.source;
  });
  requireDimensions(flags, opened.columns);
  const sample = new ReportSample(opened.columns.length, { seed: flags.seed, gaps: flags.missing === 'model' });
  const { '--out': out, '--report': report } = places;
  const source = report === undefined ? opened : watched(opened, (batch, before) => sample.see(batch, before));
  return {
    families,
    source,
    deliver(fit, { summary, json, seconds: phases, selection }) {
      const mixture = fit.mixture.withProvenance(originOf());
      const found: Findings = {
        mixture,
        seconds: () => ({ ...phases, total: elapsed() }),
        summary,
        json,
        ending: () => endingLines(flags, input.name),
        async report(seconds) {
          const { reportOf } = await import('./report.js');
          if (flags.cluster !== undefined) await readThrough(source, signal); // which workers have done
          const parts = { spec: input.name, flags, sample, seconds };
          return reportOf({ ...fit, mixture }, selection ? { ...parts, selection } : parts);
        },
      };
      return deliver(found, { out, report, json: flags.json });
    },
  };
}

/** Says where results were put, or how to keep them. */
function endingLines({ out, report }: ResultFlags, source: string): string {
  const data = /[^\w./-]/.test(source) ? 'DATA' : source;
  const lines = [
    ...(out === undefined ? [] : [`The model is in ${out}.`]),
    ...(report === undefined ? [] : [`The report is in ${report}.`]),
    ...(out === undefined
      ? [`To keep the model, add --out model.json; otmix predict model.json ${data} then labels rows.`]
      : []),
  ];
  return `\n${lines.join(' ')}\n`;
}
