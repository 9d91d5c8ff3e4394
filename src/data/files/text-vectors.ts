import type { DuckDBVector } from '@duckdb/node-api';
import type { Coder } from '../levels.js';

/** Bytes of an entry of DuckDB's vectors of text: a length, then up to 12 bytes of text, or 4 and a pointer. */
const ENTRY = 16;

/** Bytes of text that an entry itself can hold. */
const SHORT = 12;

/**
 * Gives DuckDB's texts to a coder. A short text is decoded once, and afterwards known by the bytes of its entry; of a
 * longer one that holds for one vector, whose entries point to one place where rows share a text, as in Parquet.
 */
export class TextVectors {
  private readonly short = new Map<string, number>();

  constructor(private readonly coder: Coder) {}

  /** The coder's numbers of the first rows of a vector. */
  coded(vector: DuckDBVector, rows: number): Float64Array {
    const view: unknown = Reflect.get(vector, 'dataView'); // private in its types
    if (!(view instanceof DataView)) throw new TypeError('a DuckDB vector that is not VARCHAR');
    const bytes = new Uint8Array(view.buffer, view.byteOffset, rows * ENTRY);
    const latin = LATIN.decode(bytes);
    const long = new Map<string, number>();
    const coded = new Float64Array(rows);
    for (let row = 0, at = 0; row < rows; row++, at += ENTRY) {
      const entry = latin.slice(at, at + ENTRY);
      let place = this.short.get(entry) ?? long.get(entry);
      if (place === undefined) {
        place = this.coder.code(String(vector.getItem(row)));
        if (view.getUint32(at, true) > SHORT) long.set(entry, place);
        else this.short.set(LATIN.decode(bytes.subarray(at, at + ENTRY)), place); // no slice, which would keep `latin`
      }
      coded[row] = place;
    }
    return coded;
  }
}

const LATIN = new TextDecoder('latin1');
