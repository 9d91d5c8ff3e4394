/** A worker thread as the pool sees it. */
export interface Thread {
  post(message: unknown): void;
  /** Whether it keeps the process alive; only while it works. */
  hold(working: boolean): void;
  stop(): Promise<void>;
}

/** What a thread reports. */
export interface ThreadEvents {
  readonly onAnswer: (answer: unknown) => void;
  /** It ended or failed without having been stopped. */
  readonly onLost: (reason: string) => void;
}
