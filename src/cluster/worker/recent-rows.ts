import { freeMemory } from '#scratch';
import { remembered } from '../../data/remembered.js';
import type { Source } from '../../data/source.js';
import type { Room } from '../messages.js';

/** Of the memory that is free on a machine, what rows may take as files have them. */
const SHARE = 0.25;

/** Rows of units that have been read and are to be read again soon, in memory while there is room: files are then read once. */
export class RecentRows {
  private left: number | undefined;
  private readonly kept = new Map<number, { readonly source: Source; readonly bytes: number }>();

  /** The rows of a unit, from memory if they are there; where a room is given, they are kept as they are read. */
  of(unit: number, read: Source, room?: Room): Source {
    const known = this.kept.get(unit)?.source;
    if (known || !room) return known ?? read;
    const left = (this.left ??= Math.min(room.memory ?? Infinity, (SHARE * freeMemory()) / room.sharers));
    const source = remembered(read, left, (bytes) => {
      this.left = left - bytes;
      this.kept.set(unit, { source, bytes });
    });
    return source;
  }

  letGo(unit: number): void {
    this.left = (this.left ?? 0) + (this.kept.get(unit)?.bytes ?? 0);
    this.kept.delete(unit);
  }
}
