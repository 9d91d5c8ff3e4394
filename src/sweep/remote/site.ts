/** Where the rows of a unit are: with a worker in another process, which answers questions about them. */

/** What a remote shard asks through. Whoever makes it knows how questions travel. */
export interface Site {
  /**
   * The worker's answer to a question about this unit. `shared` is sent once however many units are asked about it, by its
   * identity: it must not change. A worker that was started again answers as the first did.
   */
  ask(question: Question, shared?: object): Promise<unknown>;
}

/** A question, plain values. */
export interface Question {
  readonly op: 'sweep' | 'rows' | 'take' | 'nearest';
  readonly [entry: string]: unknown;
}

/** Distances that a worker keeps, or used to. */
export interface NearestAnswer {
  /** How many additions of centres it knows, if those are fewer than the question counts on; it then answers nothing else. */
  readonly behind?: number;
  readonly values?: Float64Array;
  readonly rows?: readonly number[];
  readonly weight?: number;
  readonly potential?: number;
}
