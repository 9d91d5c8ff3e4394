/**
 * Dawn asks the driver by setImmediate, turn after turn of the event loop, whether what is waited for is done. That keeps
 * a core busy which a driver in software needs itself: half the processor time of tests of WebGPU. In the tests Dawn asks
 * once a millisecond instead. Everyone else's setImmediate stays as it is.
 */
const { setImmediate: immediately, setTimeout: later } = globalThis;

/** Dawn's callbacks are native functions without a name; bound functions are native too, but have one. */
function isDawns(callback: (...args: never[]) => void): boolean {
  return callback.name === '' && Function.prototype.toString.call(callback).includes('[native code]');
}

function setImmediateForTests(callback: (...args: unknown[]) => void, ...rest: unknown[]): unknown {
  return isDawns(callback) ? later(callback, 1) : immediately(callback, ...rest);
}

// This module runs before each file, also where files share a process.
if (immediately.name !== setImmediateForTests.name) {
  const patched: unknown = Object.assign(setImmediateForTests, immediately);
  globalThis.setImmediate = patched as typeof setImmediate;
}
