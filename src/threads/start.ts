/**
 * Milliseconds of work on the caller's own thread from which on others start: about what starting one costs, so that
 * short work never waits for them, and long work loses little.
 */
export const START_AFTER = 5;

/**
 * Milliseconds that threads stay after their last work: calls that follow each other start them once. They keep no process
 * alive.
 */
export const IDLE_FOR: number = 1000;
