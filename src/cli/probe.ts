/**
 * Probes one backend and prints the report as JSON. `otmix doctor` runs it as a process of its own, whose standard error
 * nobody sees: drivers, and Dawn, write there what they please.
 */
import { loadLibrary } from './library.js';

const { backendNames, probeBackend } = await loadLibrary();
const name = backendNames.find((known) => known === process.argv[2]) ?? backendNames[0];
process.stdout.write(JSON.stringify(await probeBackend(name)));
