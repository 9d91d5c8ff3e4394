import type { Backend } from './backend.js';
import { cpu } from './cpu.js';
import { tensorflow } from './tensorflow.js';
import { wasm } from './wasm.js';
import { webgl } from './webgl.js';
import { webgpu } from './webgpu.js';

/** All backends, in the order in which `auto` prefers them: GPUs where there are real ones, else the host. */
export const backends = [webgpu, tensorflow, webgl, wasm, cpu] as const satisfies readonly Backend[];

/** The name of a backend. */
export type BackendName = (typeof backends)[number]['name'];

/** The names of all backends, in the order in which `auto` prefers them. */
export const backendNames: readonly BackendName[] = backends.map(({ name }) => name);
