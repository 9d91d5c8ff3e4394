import { freeMemory } from '#scratch';
import type { ScratchPlace } from '../../base/scratch.js';
import type { Room } from '../messages.js';

/** Of the memory that is free on a machine, what rows may take unless somebody says. */
const SHARE = 0.5;

/** What the rows of one encoding may still take of a worker's memory, and where they go beyond. */
export class Budget {
  /** Bytes that they take. */
  taken = 0;
  /** Of what goes beyond. */
  readonly place: ScratchPlace;
  private readonly given: number | undefined;
  private readonly share: number;

  /** `all`: what all rows of the worker take by now. */
  constructor(
    { memory, folder, direct, sharers }: Room,
    private readonly all: () => number,
  ) {
    this.given = memory;
    this.share = (SHARE * freeMemory()) / sharers;
    this.place = { folder, direct };
  }

  /** Bytes that are left. */
  get memory(): number {
    return Math.max(0, this.given === undefined ? this.share - this.taken : this.given - this.all());
  }
}
