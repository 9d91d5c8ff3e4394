import { readdirSync, readlinkSync } from 'node:fs';
import { encoded } from '../../../bench/fingerprint/encode.js';
import { fitMixture, type DataInput, type Fit, type FitOptions } from '../../../src/index.js';

/** What a fit says, but for times and notes. */
export function bitsOf({ mixture, status, sweeps, objective, marginalError, criteria, restarts, plan }: Fit): string {
  const { weights, components } = mixture;
  const { mass, potential } = plan;
  const said = { weights, components, status, sweeps, objective, marginalError, criteria, restarts, mass, potential };
  return JSON.stringify(encoded(JSON.parse(JSON.stringify(said))));
}

export async function bits(data: DataInput, options: FitOptions): Promise<string> {
  return bitsOf(await fitMixture(data, { backend: 'wasm', ...options }));
}

/** The descriptors of files in a folder, which have no names: Linux shows them in /proc. */
export function openIn(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((number) => `/proc/self/fd/${number}`)
    .filter((path) => {
      try {
        return readlinkSync(path).startsWith(folder);
      } catch {
        return false; // that of the listing itself
      }
    });
}
