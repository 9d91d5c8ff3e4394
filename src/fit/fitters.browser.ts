import type { startFitter as startFitterInNode } from './fitters.node.js';

/** Pages have no script for such a thread: their models are fitted one after the other, on all threads. */
export const startFitter: typeof startFitterInNode = () => undefined;
