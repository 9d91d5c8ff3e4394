import { byId, prefersStillness } from './dom.js';

/** Milliseconds that a replay shows an iteration for. */
const STEP = 80;
/** Milliseconds between two pictures for those who would rather see little motion. */
export const STILL = 1000;

/** Goes back to the iterations of a fit, by a slider or by a replay that can be stopped. */
export class Playback {
  private readonly slider = byId('iteration', HTMLInputElement);
  private readonly button = byId('replay', HTMLButtonElement);
  private frame = 0;
  private running = false;

  /** `show` draws an iteration, from 1. */
  constructor(private readonly show: (iteration: number) => void) {
    this.slider.addEventListener('input', () => {
      this.stop();
      show(this.slider.valueAsNumber);
    });
    this.button.addEventListener('click', () => (this.running ? this.stop() : this.play()));
  }

  /** Sets the slider to an iteration of so many. */
  at(iteration: number, length: number): void {
    this.slider.max = String(length);
    this.slider.value = String(iteration);
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.running = false;
    this.button.textContent = 'Replay';
  }

  private play(): void {
    const length = Number(this.slider.max);
    const started = performance.now();
    let drawn = -Infinity;
    const advance = (): void => {
      const now = performance.now();
      const iteration = Math.min(length, 1 + Math.floor((now - started) / STEP));
      const due = !prefersStillness() || now - drawn >= STILL;
      if (due || iteration === length) this.show(iteration);
      if (due) drawn = now;
      if (iteration === length) this.stop();
      else this.frame = requestAnimationFrame(advance);
    };
    this.running = true;
    this.button.textContent = 'Stop';
    advance();
  }
}
