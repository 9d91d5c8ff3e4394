import { decodeValue, encodeValue } from './codec.js';
import { framed } from './frames.js';
import { errorOf, type Answer } from './messages.js';
import type { Parcel, Transport } from './transport.js';

/** A question on its way. */
interface Asked {
  readonly question: Uint8Array;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions to one worker that go together. */
interface Batch {
  readonly worker: number;
  readonly part: Parcel | undefined;
  readonly kept: readonly Parcel[];
  readonly alone: boolean;
  readonly asked: Asked[];
}

/**
 * Asks workers. Questions to a worker that come in the same turn of the event loop, with the same part, go together; and a
 * part is made into bytes once for all workers.
 */
export class Client {
  private readonly parcels = new Map<string, Parcel>();
  private parts = new WeakMap<object, Parcel>();
  private batches: Batch[] = [];
  private names = 0;

  constructor(private readonly transport: Transport) {}

  get workers(): number {
    return this.transport.workers;
  }

  get threads(): number | undefined {
    return this.transport.threads;
  }

  get notes(): readonly string[] {
    return this.transport.notes;
  }

  /** Has workers keep a value, each once it is asked something that needs the value; gives the name it is kept by. */
  keep(value: unknown): string {
    const name = `kept-${this.names++}`;
    this.parcels.set(name, { name, bytes: framed(encodeValue({ op: 'keep', name }), encodeValue(value)) });
    return name;
  }

  /** Has workers forget a value. */
  async forget(name: string): Promise<void> {
    if (!this.parcels.delete(name)) return;
    const all = Array.from({ length: this.workers }, (_, worker) => this.ask(worker, { op: 'forget', name }));
    await Promise.allSettled(all);
    this.transport.drop(name);
  }

  /** A worker's answer. `needs`: names of what must be kept by then. */
  ask(
    worker: number,
    question: { readonly op: string; readonly [entry: string]: unknown },
    { needs = [], shared, alone = false }: Needs = {},
  ): Promise<unknown> {
    const part = shared && this.partOf(shared);
    const kept = needs.flatMap((name) => this.parcels.get(name) ?? []);
    const bytes = framed(encodeValue(question));
    return new Promise((resolve, reject) => {
      const asked = { question: bytes, resolve, reject };
      const together = this.batches.find(
        (one) => one.worker === worker && one.part === part && !one.alone && sameOf(one.kept, kept),
      );
      if (together && !alone) together.asked.push(asked);
      else {
        if (this.batches.length === 0) setImmediate(() => this.send());
        this.batches.push({ worker, part, kept, alone, asked: [asked] });
      }
    });
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  private partOf(shared: object): Parcel {
    const known = this.parts.get(shared);
    if (known) return known;
    const bytes = framed(encodeValue({ op: 'part' }), encodeValue(shared));
    const parcel = { name: `part-${this.names++}`, bytes };
    this.parts.set(shared, parcel);
    return parcel;
  }

  private send(): void {
    const { batches } = this;
    this.batches = [];
    const sent = batches.map((batch) => this.sendOne(batch));
    const parts = new Set(batches.flatMap(({ part }) => part?.name ?? []));
    void Promise.allSettled(sent).then(() => parts.forEach((name) => this.transport.drop(name)));
  }

  private async sendOne({ worker, part, kept, asked }: Batch): Promise<void> {
    try {
      const questions = asked.map(({ question }) => question);
      const answers = await this.transport.call(worker, { questions, part, kept });
      for (const [at, { resolve, reject }] of asked.entries()) {
        const { ok, failure } = decodeValue(answers[at]) as Answer;
        if (failure) reject(errorOf(failure));
        else resolve(ok ?? null);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}

/** What a question needs besides itself. */
export interface Needs {
  readonly needs?: readonly string[];
  /** Sent once however often it is asked about, by its identity. */
  readonly shared?: object | undefined;
  /** Whether it takes long, and no other question is to wait for its answer. */
  readonly alone?: boolean;
}

function sameOf(some: readonly Parcel[], others: readonly Parcel[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}
