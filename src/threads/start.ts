/**
 * Milliseconds of work on the caller's own thread from which on others start: about what starting one costs, so that
 * short work never waits for them, and long work loses little.
 */
export const START_AFTER = 5;
