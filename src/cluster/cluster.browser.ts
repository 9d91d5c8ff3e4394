import { InputError } from '../base/errors.js';
import type { openRemote as openRemoteInNode } from './cluster.node.js';

/** No browser starts processes. */
export const openRemote: typeof openRemoteInNode = () =>
  Promise.reject(
    new InputError('unsupported', {
      where: 'cluster',
      expected: 'Node, which starts the processes that talk to a cluster',
      got: 'a browser',
      remedy: 'fit in Node, or without cluster',
    }),
  );
