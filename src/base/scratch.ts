/** Where files for what memory has no room for are made. */
export interface ScratchPlace {
  /** Default the system's folder for temporary files. */
  readonly folder?: string | undefined;
  /** Whether they are written and read past the page cache: then places, lengths and memory are of whole blocks. */
  readonly direct?: boolean | undefined;
}

/** A file for what memory has no room for, which is gone once it is closed or the process has ended, however that ends. */
export interface ScratchFile {
  /** Open for reading and writing, in all threads of the process. */
  readonly descriptor: number;
  /** The folder that it takes space of. */
  readonly folder: string;
  readonly direct: boolean;
  /** Writes all bytes at a place; rejects with `InputError('file')` where there is no room, or that fails otherwise. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  close(): void;
}
