/** How questions travel to workers and answers back. */

/** Frames that go to many workers, or to one again and again: a value for it to have. No worker answers them. */
export interface Parcel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Workers, wherever they are. */
export interface Transport {
  readonly workers: number;
  /** Threads that each should take where nobody says; undefined for all of its machine. */
  readonly threads: number | undefined;
  /** What to tell the user of them. */
  readonly notes: readonly string[];
  /**
   * Has a worker answer questions, in their order, each of which goes with the same part if there is one. Of `kept` a worker
   * is told first what it has not been told. Rejects where a worker could not be brought to answer.
   */
  call(worker: number, call: Call): Promise<readonly Uint8Array[]>;
  /** Lets go of a parcel that is not sent any more. */
  drop(name: string): void;
  /** Ends the workers. */
  close(): Promise<void>;
}

export interface Call {
  /** Frames. */
  readonly questions: readonly Uint8Array[];
  readonly part?: Parcel | undefined;
  readonly kept: readonly Parcel[];
}
