/** What commands have in common that put the rows of a source through a saved model. */
import { printable } from '../base/printable.js';
import type { Source } from '../data/source.js';
import type { Mixture } from '../mixture/mixture.js';
import type { SourceOptions } from '../data/files/open.js';
import { inputOf, mixtureOf, openDataFor, requireOneStream, type Input } from './input.js';
import { catchInterrupts } from './interruption.js';
import { outputPlaces, rowPlace } from './outputs.js';
import { progressView } from './progress.js';
import type { Cell } from './rows.js';
import type { FormatName } from './sniff.js';
import { textOptions, type TextFlags } from './text-flags.js';

export interface ModelRowsFlags extends TextFlags {
  readonly out?: string;
  readonly format?: FormatName;
  readonly columns?: string[];
  readonly backend: string;
  readonly quiet?: true;
}

/** What a saved model and its data are opened with. */
type OpenFlags = Omit<ModelRowsFlags, 'out' | 'backend'>;

/** Loads the model and finds the input that it is for; `files` are those that both lie in. */
export async function openModel(model: string, spec: string | undefined, flags: OpenFlags) {
  const signal = catchInterrupts();
  requireOneStream(model, spec);
  const { mixture, files } = await mixtureOf(model, signal);
  const input = await inputOf(spec, flags, signal);
  return { signal, mixture, input, files: [...files, ...(await input.files())] };
}

/** Opens the columns of an input that a model has; `more`: what else is asked of the source. */
export function openRowsFor(mixture: Mixture, input: Input, flags: OpenFlags, more: SourceOptions): Promise<Source> {
  const wanted = { ...more, ...textOptions(flags), ...(flags.columns && { columns: flags.columns }) };
  return input.open((path) =>
    openDataFor(mixture, path, wanted, (text) => noteTo(flags, text.replaceAll(path, input.name))),
  );
}

/** Opens the model, the source that it is for, the place of the result and the view of progress. */
export async function openModelRows(model: string, spec: string | undefined, flags: ModelRowsFlags) {
  const asked = rowPlace(flags.out);
  // On a terminal rows and progress would stand in each other's way.
  const quiet = flags.quiet ?? (asked === undefined && process.stdout.isTTY);
  const { signal, mixture, input, files } = await openModel(model, spec, flags);
  const { '--out': place } = await outputPlaces({ '--out': asked }, files);
  const source = await openRowsFor(mixture, input, flags, { signal });
  const { show, stop } = await progressView(process.stderr, quiet);
  const totalRows = source.rows === undefined ? {} : { totalRows: source.rows };
  const showWritten = (rows: number): void => show({ phase: 'write', rows, ...totalRows });
  return { signal, mixture, source, place, showWritten, stop };
}

/** Tells what reading has decided, once all is read. */
export function tellNotes({ notes = [] }: Source, flags: Pick<ModelRowsFlags, 'quiet'>): void {
  for (const text of notes) noteTo(flags, text);
}

/** A note on standard error, unless notes are not wanted. */
export function noteTo({ quiet }: Pick<ModelRowsFlags, 'quiet'>, text: string): void {
  if (!quiet) process.stderr.write(`otmix: note: ${printable(text)}\n`);
}

/** How the columns of a mixture are written: levels that are text by their names. */
export function modelCells({ levels, d }: Mixture) {
  const isText = (level: unknown): boolean => typeof level === 'string';
  const texts = levels.map((own) => (own?.some(isText) ? own : undefined));
  return {
    types: texts.map((own) => (own ? 'VARCHAR' : 'DOUBLE')),
    /** Of a row of `data`, `[rows, d]`. */
    cells: (data: ArrayLike<number>, row: number): Cell[] =>
      texts.map((own, j) => own?.[data[row * d + j]] ?? data[row * d + j]),
  };
}
