/** Frames: four bytes that say how many follow (little-endian), and these. */

/** Bytes that are not what was agreed on: the other side is of another version, or something else writes there. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Most bytes of a frame: what four bytes can say, less what is a sign of text that came in the way. */
export const MOST_BYTES = 2 ** 32 - 2 ** 20;

/** A frame's own four bytes. */
export function frameHead(length: number): Uint8Array {
  if (length > MOST_BYTES) throw new FrameError(`a frame of ${length} bytes, where ${MOST_BYTES} fit`);
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, length, true);
  return head;
}

/** A frame of some bytes in two pieces, without a copy. */
export function framePieces(body: Uint8Array): readonly Uint8Array[] {
  return [frameHead(body.length), body];
}

/** Frames of some bytes, one after the other, as one piece. */
export function framed(...bodies: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(bodies.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const body of bodies) {
    all.set(frameHead(body.length), at);
    all.set(body, at + 4);
    at += 4 + body.length;
  }
  return all;
}

/** Takes bytes as they come, and gives the frames that they complete. */
export class FrameReader {
  private chunks: Uint8Array[] = [];
  private held = 0;
  private wanted: number | undefined;

  /** The frames that are whole with these bytes. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    this.chunks.push(bytes);
    this.held += bytes.length;
    for (;;) {
      if (this.wanted === undefined) {
        if (this.held < 4) return;
        const head = this.take(4);
        this.wanted = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
        if (this.wanted > MOST_BYTES) throw new FrameError('a length that no frame has: something else writes here');
      }
      if (this.held < this.wanted) return;
      const body = this.take(this.wanted);
      this.wanted = undefined;
      yield body;
    }
  }

  /** Throws where bytes ended within a frame. */
  end(): void {
    if (this.held > 0 || this.wanted !== undefined) throw new FrameError('a frame that is cut short');
  }

  /** The next bytes, of which there are as many. */
  private take(count: number): Uint8Array {
    const taken = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const [first] = this.chunks;
      const some = first.subarray(0, count - filled);
      taken.set(some, filled);
      filled += some.length;
      if (some.length === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(some.length);
    }
    this.held -= count;
    return taken;
  }
}
