/**
 * `sh scripts/with-radv.sh node dist/bench/gpu/compiled/main.js [--record]` compiles the kernels of nine sizes for an AMD
 * GPU that is not there, prints registers, scratch memory and bounds, and holds them to `bench/results`; `--record` writes
 * these. A kernel may have no more registers or scratch than recorded, and no lower bound. By `scripts/with-drm-shim.sh` it
 * does so for NVIDIA's and Intel's GPUs, without bounds.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMatrix } from '../../../kernels/form.js';
import { openGpu, type Gpu } from '../../../kernels/webgpu/device.js';
import { diagonalProgram } from '../../../kernels/webgpu/diagonal.wgsl.js';
import { diagonalGeometry, scatterGeometry } from '../../../kernels/webgpu/geometry.js';
import { modelLayout } from '../../../kernels/webgpu/layout.js';
import { momentGeometries, usualCut } from '../../../kernels/webgpu/moments-geometry.js';
import { momentsProgram } from '../../../kernels/webgpu/moments.wgsl.js';
import { planProgram } from '../../../kernels/webgpu/plan.wgsl.js';
import type { GpuShape } from '../../../kernels/webgpu/model.js';
import { programOf, type ProgramCode } from '../../../kernels/webgpu/program.js';
import { columnsHeld, mostSide } from '../../../kernels/webgpu/registers.js';
import { averagesProgram, couplingProgram } from '../../../kernels/webgpu/scatter.wgsl.js';
import { averageProgram, whitenProgram } from '../../../kernels/webgpu/whiten.wgsl.js';
import { fitsSingle, singleProgram } from '../../../kernels/webgpu/single.wgsl.js';
import { diagonalBounds, momentBounds, planBounds, type Bounds, type MomentsCompiled, type Size } from './bounds.js';
import { failuresOf, type Compiled, type Record } from './held.js';
import type { Loop } from './machine-code.js';
import { lastOf, type Statistics } from './statistics.js';

const sizes: readonly Size[] = [
  { form: 'full', d: 2, k: 3 },
  { form: 'full', d: 8, k: 8 },
  { form: 'full', d: 16, k: 64 },
  { form: 'full', d: 32, k: 64 },
  { form: 'full', d: 64, k: 64 },
  { form: 'tied', d: 32, k: 64 },
  { form: 'diag', d: 64, k: 256 },
  { form: 'spherical', d: 64, k: 256 },
  { form: 'full', d: 16, k: 64, rows: 'float16' },
];

/** A kernel of a sweep, of one program or several, and what bounds follow from the loops of each. */
interface Kernel {
  readonly name: string;
  readonly programs: readonly ProgramCode[];
  readonly bounds: (loops: readonly (readonly Loop[])[]) => Bounds | undefined;
}

function kernelsOf(size: Size, { adapter, limits, features }: Gpu): Kernel[] {
  const { form, d, k, rows } = size;
  const once = form === 'tied';
  const shape = { form, d, k, rows, hard: false, coupling: false, once };
  if (fitsSingle(shape)) return [{ name: 'single', programs: [singleProgram(shape, 16)], bounds: () => undefined }];
  const layout = modelLayout(shape, columnsHeld(adapter));
  const { subgroups } = features;
  const options = { layout, k, hard: false, subgroups, within: subgroups, linear: false };
  const plan: Kernel = { name: 'plan', programs: [planProgram(options)], bounds: ([loops]) => planBounds(size, loops) };
  if (once) return [plan, ...sharedKernels(shape, { adapter, limits })];
  if (!isMatrix(form)) {
    const program = diagonalProgram(layout, k, diagonalGeometry(d, k, limits));
    return [plan, { name: 'moments', programs: [program], bounds: ([loops]) => diagonalBounds(size, loops) }];
  }
  const cuts = momentGeometries(d, k, usualCut(adapter), limits);
  const programs = cuts.map((geometry) => momentsProgram(layout, k, geometry));
  const compiled = (loops: readonly (readonly Loop[])[]): readonly MomentsCompiled[] =>
    cuts.map((geometry, index) => ({ geometry, loops: loops[index] }));
  return [plan, { name: 'moments', programs, bounds: (loops) => momentBounds(size, compiled(loops)) }];
}

/** Of tied components, whose rows are whitened once: what is done besides the plan. */
function sharedKernels(shape: GpuShape, { adapter, limits }: Pick<Gpu, 'adapter' | 'limits'>): Kernel[] {
  const { d, k } = shape;
  const kernel = (name: string, program: ProgramCode): Kernel => ({
    name,
    programs: [program],
    bounds: () => undefined,
  });
  return [
    kernel('whitening', whitenProgram(shape, columnsHeld(adapter))),
    kernel('first moments', diagonalProgram(modelLayout(shape), k, diagonalGeometry(d, k, limits, false))),
    kernel('averages', averageProgram(shape)),
    kernel('second moments', averagesProgram(d, scatterGeometry(d, 1, limits, mostSide(adapter)))),
    kernel('coupling', couplingProgram(k, scatterGeometry(k, 1, limits, mostSide(adapter)))),
  ];
}

const percent = (part: number): number => Math.round(1000 * part) / 10;

const known = new Map<string, Statistics>(); // a program that was made before is made no more

async function compiledProgram(gpu: Gpu, folder: string, program: ProgramCode): Promise<Statistics> {
  await programOf(gpu.device, program);
  const one = known.get(program.code) ?? lastOf(folder);
  known.set(program.code, one);
  return one;
}

async function compiled(gpu: Gpu, folder: string): Promise<Compiled[]> {
  const all: Compiled[] = [];
  for (const size of sizes) {
    for (const { name, programs, bounds } of kernelsOf(size, gpu)) {
      const made: Statistics[] = [];
      for (const program of programs) made.push(await compiledProgram(gpu, folder, program));
      const found = made.every(({ loops }) => loops.length > 0) && bounds(made.map(({ loops }) => loops));
      all.push({
        kernel: `${size.form} d=${size.d} k=${size.k} ${name}${size.rows ? ` of ${size.rows}` : ''}`,
        registers: Math.max(...made.map(({ registers }) => registers)),
        scratch: Math.max(...made.map(({ scratch }) => scratch)),
        ...(found && { rdna2: percent(found.rdna2), rdna3: percent(found.rdna3) }),
      });
    }
  }
  return all;
}

/** Where what each vendor's compiler made is recorded. */
const records = { amd: 'gpu-compiled', nvidia: 'gpu-compiled-nvk', intel: 'gpu-compiled-anv' } as const;

function pathOf(adapter: string): URL {
  const vendor = (Object.keys(records) as (keyof typeof records)[]).find((one) => adapter.startsWith(one));
  if (!vendor)
    throw new Error(`compiled: expected a GPU of ${Object.keys(records).join(', ')}, got ${adapter}; see scripts`);
  return new URL(`../../../../bench/results/${records[vendor]}.json`, import.meta.url);
}

const gpu = await openGpu();
const path = pathOf(gpu.adapter);
const kernels = await compiled(gpu, process.env.COMPILED_OUT ?? '.');
console.table(kernels);
const now: Record = { compiler: gpu.adapter, kernels };
if (process.argv.includes('--record')) writeFileSync(path, `${JSON.stringify(now, undefined, 2)}\n`);
else {
  const failures = failuresOf(JSON.parse(readFileSync(path, 'utf8')) as Record, now);
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
process.exit(); // the device is still open
