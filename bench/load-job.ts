/** The first fit of a process, whose size is its argument: says in JSON how long each phase took (bench/load.ts). */
import { phasesOf, rowsOf, type LoadSize } from './load-phases.js';

const size = JSON.parse(process.argv[2]) as LoadSize;
process.stdout.write(`${JSON.stringify(await phasesOf(rowsOf(size), size))}\n`);
