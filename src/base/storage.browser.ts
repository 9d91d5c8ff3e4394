import { InputError } from './errors.js';

/** Browsers have no files: rejects with `InputError('unsupported')`. */
export function readText(path: string | URL): Promise<string> {
  return Promise.reject(noFiles(path));
}

/** Browsers have no files: rejects with `InputError('unsupported')`. */
export function writeText(path: string | URL, _text: string | Uint8Array): Promise<void> {
  return Promise.reject(noFiles(path));
}

/** Browsers have no files: rejects with `InputError('unsupported')`. */
export function removeDrafts(path: string | URL): Promise<void> {
  return Promise.reject(noFiles(path, 'fit without a checkpoint'));
}

function noFiles(place: string | URL, remedy = 'use mixture.toJSON() and loadMixture(json)'): InputError {
  return new InputError('unsupported', {
    where: String(place),
    expected: 'Node, where there are files',
    got: 'a browser',
    remedy,
  });
}
