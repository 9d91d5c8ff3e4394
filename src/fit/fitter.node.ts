/** The script of a thread that fits models (`fitters.node.ts` starts it). */
import { parentPort } from 'node:worker_threads';
import { fitModels, type FitterAnswer, type FitterWork } from './fitter.js';

const port = parentPort;

port?.once('message', (work: FitterWork) => {
  const answer = (one: FitterAnswer): void => port.postMessage(one);
  // What went wrong goes wrong again where the model is fitted next, and is told there.
  void fitModels(work, answer)
    .catch(() => undefined)
    .then(() => answer({ kind: 'left' }));
});
