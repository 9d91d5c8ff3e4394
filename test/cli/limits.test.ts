/** Limits of the system, as the libraries report them, are one line that says what to raise. */
import { expect, test } from 'vitest';
import { endingOf } from '../../src/cli/failure.js';

test.each([
  [
    new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance'),
    /no more memory; .*ulimit -v/,
  ],
  [new RangeError('Array buffer allocation failed'), /no more memory/],
  [
    Object.assign(new Error('Worker initialization failure: EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' }),
    /no more threads; .*ulimit -u/,
  ],
  [Object.assign(new Error('too many open files'), { code: 'EMFILE' }), /no more open files; .*ulimit -n/],
])('%s', (error, line) => {
  const ending = endingOf(error);
  expect(ending.line).toMatch(line);
  expect(ending.line).toMatch(/^the system: expected .*, got .*; .*$/);
  expect(ending.status).toBe(2);
});
