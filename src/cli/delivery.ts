import { chmod, writeFile } from 'node:fs/promises';
import type { Mixture } from '../mixture/mixture.js';
import { printableJson } from '../base/printable.js';
import { writeText } from '../base/storage.node.js';
import { Remainder } from './failure.js';
import { elsewhere } from './rescue.js';
import { owe, print, ReaderGone, write } from './standard-output.js';

type Seconds = Readonly<Record<string, number>>;

/** What a command found, and how it is told. */
export interface Findings {
  readonly mixture: Mixture;
  /** Seconds by phase until now, `total` among them. */
  readonly seconds: () => Seconds;
  /** For people: what was found, and what to say once all is in its place. */
  readonly summary: (seconds: Seconds) => string;
  readonly ending: () => string;
  /** For `--json`. */
  readonly json: (seconds: Seconds) => unknown;
  /** The report as HTML. */
  readonly report: (seconds: Seconds) => Promise<string>;
}

/** What is asked for; places with their links resolved. */
export interface Asked {
  readonly out?: string | undefined;
  readonly report?: string | undefined;
  readonly json?: true | undefined;
}

/**
 * Prints, saves and reports what was found. Whatever of this fails, the rest is done all the same. What can't go to its
 * place goes to another, so that nothing that was computed is lost. Throws the failures at the end.
 */
export async function deliver(found: Findings, asked: Asked): Promise<void> {
  const { failures } = await new Delivery(found, asked).done();
  if (failures.length > 1) throw new AggregateError(failures);
  if (failures.length > 0) throw failures[0];
}

class Delivery {
  readonly failures: unknown[] = [];

  constructor(
    private readonly found: Findings,
    private readonly asked: Asked,
  ) {}

  async done(): Promise<this> {
    const { found } = this;
    const { out, report, json } = this.asked;
    const seconds = found.seconds();
    // The object tells how long the report took, and so comes after it, unless the process ends before.
    const settle = json && owe(() => this.object(seconds));
    if (!json) await this.tell(() => print(found.summary(seconds)));
    if (out !== undefined) await this.save(out);
    const html = report === undefined ? undefined : await this.draw(seconds);
    settle?.();
    const drawn = report === undefined ? {} : { report: found.seconds().total - seconds.total };
    if (json) await this.tell(() => write(this.object({ ...found.seconds(), ...drawn })));
    if (report !== undefined && html !== undefined) await this.writeReport(report, html);
    if (!json && this.failures.length === 0) await this.tell(() => print(found.ending()));
    return this;
  }

  private object(seconds: Seconds): string {
    return `${printableJson(this.found.json(seconds))}\n`;
  }

  /** Prints; what standard output does not take is saved, unless it is anyway or its reader has seen enough. */
  private tell(work: () => Promise<void>): Promise<void> {
    return this.attempt(work, async (error) =>
      error instanceof ReaderGone || this.asked.out !== undefined ? undefined : this.saveBeside('otmix-model.json'),
    );
  }

  private save(place: string): Promise<void> {
    const { found, asked } = this;
    return this.attempt(
      () => found.mixture.save(place),
      async () => {
        const left = await this.saveBeside(place);
        if (left !== undefined) return left;
        if (!asked.json) await this.tell(() => write(`${JSON.stringify(found.mixture)}\n`));
        return 'the model is in what was printed';
      },
    );
  }

  private async saveBeside(place: string): Promise<string | undefined> {
    const path = await elsewhere(place, async (path) => {
      await this.found.mixture.save(path);
      await chmod(path, 0o600); // as private as its place may have been
    });
    return path === undefined ? undefined : `the model is in ${path}`;
  }

  private async draw(seconds: Seconds): Promise<string | undefined> {
    let html: string | undefined;
    await this.attempt(async () => void (html = await this.found.report(seconds)));
    return html;
  }

  private writeReport(place: string, html: string): Promise<void> {
    return this.attempt(
      () => writeText(place, html),
      async () => {
        const path = await elsewhere(place, (path) => writeFile(path, html, { flag: 'wx', mode: 0o600 }));
        return path === undefined ? undefined : `the report is in ${path}`;
      },
    );
  }

  /** Does its work; where that fails, `rescue` may say what is left of it. */
  private async attempt(
    work: () => Promise<void>,
    rescue?: (error: unknown) => Promise<string | undefined>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      const left = await rescue?.(error);
      this.failures.push(left === undefined ? error : new Remainder(error, left));
    }
  }
}
