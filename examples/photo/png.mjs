/** Pictures as PNG files (RFC 2083), true colour of eight bits, by nothing but zlib. */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The file of a picture whose `pixels`, `[height, width, 3]`, are from 0 to 1. */
export function png({ width, height, pixels }) {
  const lines = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0, at = 0; y < height; y++) {
    const start = y * (1 + 3 * width);
    lines[start] = 1; // each byte less the one of the pixel before
    for (let i = 1; i <= 3 * width; i++, at++) {
      const before = i > 3 ? byteOf(pixels[at - 3]) : 0;
      lines[start + i] = byteOf(pixels[at]) - before;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([SIGNATURE, ...parts]);
}

const byteOf = (value) => Math.round(255 * Math.min(1, Math.max(0, value)));

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crcOf(body), 4 + body.length);
  return frame;
}

/** Node has crc32 from 20.15 on. */
const crcOf = (bytes) => crc32(bytes) >>> 0;
