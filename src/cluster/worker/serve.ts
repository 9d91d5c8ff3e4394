import { decodeValue, encodeValue } from '../codec.js';
import { framePieces, FrameReader } from '../frames.js';
import { failureOf, type Answer, type WorkerQuestion } from '../messages.js';
import { Service } from './service.js';

/**
 * Answers the questions that come as frames, one after the other, until there are no more. What can't be read as frames ends
 * it with a `FrameError`.
 */
export async function serve(
  input: AsyncIterable<Uint8Array>,
  write: (pieces: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  const service = new Service();
  const reader = new FrameReader();
  let head: WorkerQuestion | undefined;
  try {
    for await (const bytes of input) {
      for (const frame of reader.push(bytes)) {
        if (head) {
          service.take(head, decodeValue(frame));
          head = undefined;
          continue;
        }
        const question = decodeValue(frame) as WorkerQuestion;
        if (question.op === 'keep' || question.op === 'part') head = question;
        else await write(framePieces(encodeValue(await answered(service, question))));
      }
    }
    reader.end();
  } finally {
    service.dispose();
  }
}

async function answered(service: Service, question: WorkerQuestion): Promise<Answer> {
  try {
    return { ok: (await service.answer(question)) ?? null };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
