import {
  arrowCodes,
  arrowKind,
  arrowNumbers,
  durationNote,
  durationUnit,
  isArrowText,
  isArrowTruth,
  pandasIndex,
  typeName,
  vectorAt,
  type ArrowBatch,
  type ArrowSchema,
} from './arrow.js';
import { distinctNames } from './names.js';
import { chooseNamed, type Chosen, type NamedColumn, type Wanted } from './named.js';
import type { Source } from './source.js';

/** Rows per batch. */
const ROWS = 65_536;

/** What is used of a table of apache-arrow's, whatever its version. */
export interface ArrowTable {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
}

/** Whether data are a table or a record batch of apache-arrow's; nothing of that package is loaded to tell. */
export function isArrow(data: unknown): data is ArrowTable | (ArrowBatch & { readonly schema: ArrowSchema }) {
  if (typeof data !== 'object' || data === null || !('schema' in data)) return false;
  const { schema } = data;
  if (typeof schema !== 'object' || schema === null || !('fields' in schema && Array.isArray(schema.fields)))
    return false;
  return ('batches' in data && Array.isArray(data.batches)) || 'getChildAt' in data;
}

/**
 * A source of an Arrow table in memory, by the rules that hold for Arrow files. Null is missing, booleans are 0 and 1,
 * decimals the nearest float64, and durations count in their unit. Dates, times and text are no numbers, but text can be
 * had as levels.
 */
export function arrowSource(
  data: ArrowTable | (ArrowBatch & { readonly schema: ArrowSchema }),
  wanted: Wanted,
): Source {
  const batches = 'batches' in data ? data.batches : [data];
  const columns = columnsOf(data.schema);
  const { names, notes: renamed } = distinctNames(columns.map(({ name }) => name));
  const chosen = chooseNamed(
    columns.map((column, at) => ({ ...column, name: names[at] })),
    wanted,
  );
  const { indices, texts: levels } = chosen;
  const notes = [...renamed, ...chosen.notes];
  return {
    name: 'data',
    columns: indices.map((index) => names[index]),
    rows: batches.reduce((sum, batch) => sum + batch.numRows, 0),
    ...(notes.length > 0 && { notes }),
    async *batches() {
      for (const batch of batches) {
        for (let from = 0; from < batch.numRows; from += ROWS) {
          const rows = Math.min(ROWS, batch.numRows - from);
          yield { rows, values: interleaved(batch, chosen, from, rows), ...(levels && { levels }) };
        }
      }
    },
  };
}

/** Rows from … of some columns, row-major. */
function interleaved(batch: ArrowBatch, { indices, coders }: Chosen, from: number, rows: number): Float64Array {
  const d = indices.length;
  const values = new Float64Array(rows * d);
  for (const [j, index] of indices.entries()) {
    const vector = vectorAt(batch, index);
    const coder = coders?.[j];
    const column = coder ? arrowCodes(vector, from, from + rows, coder) : arrowNumbers(vector, from, from + rows);
    for (let row = 0; row < rows; row++) values[row * d + j] = column[row];
  }
  return values;
}

function columnsOf({ fields, metadata }: ArrowSchema): readonly NamedColumn[] {
  const index = pandasIndex(metadata?.get('pandas'));
  return fields.map(({ name, type }) => {
    const unit = durationUnit(type);
    return {
      name,
      ...(arrowKind(type) !== 'numeric' && { got: typeName(type), isText: isArrowText(type) }),
      ...(isArrowTruth(type) && { isTruth: true }),
      ...(unit !== undefined && { note: durationNote(name, unit) }),
      ...(index.has(name) && { aside: 'the index of pandas' }),
    };
  });
}
