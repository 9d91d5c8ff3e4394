import { mayWait, startThread, threadLimit } from '#threads';
import { claim, drawPart, NEXT, READY, rowsOfPart, STATES, type DrawTask } from '../../kernels/simd/draws.js';
import { samplingWorkerCode } from '../../kernels/simd/generated.js';
import { samplingKernel, samplingModule } from '../../kernels/simd/sampling.js';
import type { Drawing } from '../../kernels/simd/sampling-kernel.js';
import type { Gaussians } from '../../kernels/random/gaussians.js';
import type { Place } from '../../kernels/random/numbers.js';
import { sharedDoubles, sharedIntegers } from './shared.js';
import { IDLE_FOR } from './start.js';
import type { Thread } from './thread.js';

/** Values from which on threads help: some 20 ms of drawing. */
const MANY = 2 ** 21;
/** Threads beside the caller's own, which copies what these draw: more would wait for it. */
const MOST = 3;
/** Parts that a thread may be ahead of being copied. */
const SLOTS = 4;
/** Milliseconds without a part from any thread after which the caller draws what they owe. */
const PATIENCE = 1000;

/**
 * As `drawGaussians`, of many rows on several threads, where the caller's own may wait for others; false, and nothing is
 * drawn, where there is no kernel for it. Which thread draws a row decides nothing.
 */
export function drawOnThreads(gaussians: Gaussians, place: Place, labels: Int32Array, data: Float64Array): boolean {
  const drawing = samplingKernel()?.drawing(gaussians, place, labels);
  if (!drawing) return false;
  const size = { n: labels.length, d: gaussians.d };
  const threads = mayWait && data.length >= MANY ? helpers() : [];
  const room = rowsOfPart(drawing) * size.d;
  const slots = threads.length * SLOTS;
  const control = sharedIntegers(STATES + slots);
  const shared = { control, slots: sharedDoubles(slots * room) };
  threads.forEach((thread, index) => {
    const own = { from: index * SLOTS, to: (index + 1) * SLOTS };
    thread.post({ gaussians, place, labels, ...shared, own } satisfies DrawTask);
  });
  if (!new Gathering(drawing, size, shared, data).all()) dismiss();
  return true;
}

/** The caller's own part: copies what threads have drawn, and draws meanwhile. */
class Gathering {
  private readonly room: number;
  private readonly parts: number;
  private readonly missing: Set<number>;

  constructor(
    private readonly drawing: Drawing,
    private readonly size: { readonly n: number; readonly d: number },
    private readonly shared: Pick<DrawTask, 'control' | 'slots'>,
    private readonly data: Float64Array,
  ) {
    this.room = rowsOfPart(drawing) * size.d;
    this.parts = Math.ceil(size.n / rowsOfPart(drawing));
    this.missing = new Set(Array.from({ length: this.parts }, (_, part) => part));
  }

  /** Whether every thread has delivered what it had begun. */
  all(): boolean {
    const { control } = this.shared;
    for (let part = claim(control); part < this.parts; part = claim(control)) {
      this.draw(part);
      this.take();
    }
    Atomics.store(control, NEXT, this.parts); // far from where it would overflow
    while (this.missing.size > 0) {
      const ready = Atomics.load(control, READY);
      if (this.take()) continue;
      if (Atomics.wait(control, READY, ready, PATIENCE) !== 'timed-out' || this.take()) continue;
      for (const part of this.missing) this.draw(part);
      return false;
    }
    return true;
  }

  private draw(part: number): void {
    drawPart(this.drawing, part, this.size.n, this.placeOf(part));
    this.missing.delete(part);
  }

  /** Empties slots; whether there was one to empty. */
  private take(): boolean {
    const { control, slots } = this.shared;
    let taken = false;
    for (let slot = 0; slot < control.length - STATES; slot++) {
      const held = Atomics.load(control, STATES + slot);
      if (held === 0) continue;
      const into = this.placeOf(held - 1);
      into.set(slots.subarray(slot * this.room, slot * this.room + into.length));
      this.missing.delete(held - 1);
      Atomics.store(control, STATES + slot, 0);
      Atomics.notify(control, STATES + slot);
      taken = true;
    }
    return taken;
  }

  private placeOf(part: number): Float64Array {
    return this.data.subarray(part * this.room, (part + 1) * this.room);
  }
}

let held: Thread[] = [];
let ending: ReturnType<typeof setTimeout> | undefined;

/** Threads that draw: started when first wanted, and ended when nobody has drawn for a while. They keep no process alive. */
function helpers(): readonly Thread[] {
  const module = samplingModule();
  const count = Math.min(MOST, threadLimit().count - 1);
  while (module && held.length < count) {
    const thread = startThread(samplingWorkerCode, { onAnswer: () => undefined, onLost: dismiss });
    thread.hold(false);
    thread.post(module);
    held.push(thread);
  }
  clearTimeout(ending);
  ending = setTimeout(dismiss, IDLE_FOR);
  (ending as { unref?: () => void }).unref?.(); // only Node's keep a process alive
  return held;
}

function dismiss(): void {
  clearTimeout(ending);
  for (const thread of held) void thread.stop();
  held = [];
}
