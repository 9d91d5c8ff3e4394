/** How far fits have come, in a file: whatever ends the process, they go on from there to the same bits. */
import { InputError } from '../base/errors.js';
import { readText, removeDrafts, writeText } from '#storage';
import type { EmRun } from '../em/em.js';
import { endOf, savedEnd, type KeptRun, type SavedEnd, type SavedRun } from '../em/saved.js';
import { DataWatch, differenceOf } from '../data/digests.js';
import type { Family } from '../families/family.js';
import { checkpointOf, checkpointText, type CheckpointContent, type RunRecord } from './checkpoint-file.js';
import type { KeepingOptions } from './checkpoint-options.js';

const EVERY_SECONDS = 60;

/** A run of a fit: what a checkpoint has of it, and where to keep it. */
export interface RunKeeper extends KeptRun {
  /** What it came to, where it has ended already. */
  readonly ended?: EmRun | undefined;
  /** Keeps what it came to. */
  end(run: EmRun): void;
}

/** The part of a checkpoint that keeps a fit. */
export interface Keeping {
  /** Once rows are read on a device: throws `InputError` where they are others than before. Gives the fit's runs, by name. */
  begin(device: string, family: Family): Promise<(name: string) => RunKeeper>;
  /** Writes how far all fits are. */
  write(): Promise<void>;
}

/** What is to be written of a run. */
type Latest = { readonly between: () => SavedRun } | { readonly ended: SavedEnd };

/** The checkpoint of one fit, or of all fits of a selection. */
export class Checkpoint {
  readonly data = new DataWatch();
  private readonly latest = new Map<string, Map<string, Latest>>();
  private device: string | undefined;
  private written = performance.now();
  private writing = Promise.resolve();

  private constructor(
    private readonly file: string | URL,
    private readonly everySeconds: number,
    private readonly options: Readonly<Record<string, string>>,
    private readonly before: { readonly content: CheckpointContent; readonly where: string } | undefined,
  ) {}

  /**
   * The checkpoint that options ask for, if they do, with what is there to go on from. Where both name one file and there is
   * none yet, fits begin. Throws `InputError` for a file that can't be read, is no checkpoint, or is one of other options.
   */
  static async open(
    { checkpoint, resume }: KeepingOptions,
    optionsOf: () => Readonly<Record<string, string>>,
  ): Promise<Checkpoint | undefined> {
    const file = checkpoint?.file ?? resume;
    if (file === undefined) return undefined;
    const options = optionsOf();
    await removeDrafts(file);
    const before =
      resume === undefined ? undefined : await contentOf(resume, String(resume) === String(checkpoint?.file));
    if (before)
      requireSame(before.content.options, { backend: before.content.options.backend, ...options }, before.where);
    return new Checkpoint(file, checkpoint?.everySeconds ?? EVERY_SECONDS, options, before);
  }

  /** The part of the fit of a number. */
  keeping(number: number): Keeping {
    return {
      begin: async (device, family) => {
        await this.begin(device);
        return this.runs(String(number), family);
      },
      write: () => this.write(),
    };
  }

  /** The first time checks rows and device, and writes the file: a place that can't be written to is told at once. */
  private async begin(device: string): Promise<void> {
    if (this.device !== undefined) return;
    if (this.before) {
      const { content, where } = this.before;
      requireSame(content.options, { ...this.options, backend: device }, where);
      requireSameRows(differenceOf(content.data, this.data.digest), where);
    }
    this.device = device;
    await this.write();
  }

  /** The runs of a fit, by name. */
  private runs(fit: string, family: Family): (name: string) => RunKeeper {
    const own = this.latest.get(fit) ?? this.kept(fit);
    this.latest.set(fit, own);
    return (name) => {
      const kept = own.get(name);
      return {
        ...(kept && 'between' in kept && { saved: kept.between() }),
        ...(kept && 'ended' in kept && { ended: endOf(kept.ended, family) }),
        between: async (saved) => {
          own.set(name, { between: saved });
          if (performance.now() - this.written >= 1000 * this.everySeconds) await this.write();
        },
        end: (run) => void own.set(name, { ended: savedEnd(run) }),
      };
    };
  }

  /** Writes what there is now. */
  private write(): Promise<void> {
    this.written = performance.now();
    return (this.writing = this.writing.then(() => writeText(this.file, checkpointText(this.content()))));
  }

  private content(): CheckpointContent {
    const { before, latest, options, device = '' } = this;
    const now = [...latest].map(([fit, runs]) => [fit, Object.fromEntries([...runs].map(recordOf))] as const);
    const data = this.data.digest;
    return {
      options: { ...options, backend: device },
      data,
      fits: { ...before?.content.fits, ...Object.fromEntries(now) },
    };
  }

  private kept(fit: string): Map<string, Latest> {
    const runs = Object.entries(this.before?.content.fits[fit] ?? {});
    return new Map(
      runs.map(([name, { between, ended }]) => [name, ended ? { ended } : { between: () => between as SavedRun }]),
    );
  }
}

function recordOf([name, latest]: [string, Latest]): [string, RunRecord] {
  return [name, 'ended' in latest ? latest : { between: latest.between() }];
}

/** What a file has; undefined where it may be absent and is. */
async function contentOf(
  file: string | URL,
  mayBeAbsent: boolean,
): Promise<{ content: CheckpointContent; where: string } | undefined> {
  const where = String(file);
  try {
    return { content: checkpointOf(await readText(file), where), where };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw error;
    if (mayBeAbsent) return undefined;
    throw absent(where, error);
  }
}

function absent(where: string, cause: unknown): InputError {
  const remedy = 'to begin where there is none, name the same file as the checkpoint too';
  return new InputError(
    'file',
    { where, expected: 'a checkpoint to go on from', got: 'no such file', remedy },
    { cause },
  );
}

/** Throws `InputError('option')` that names what differs. */
function requireSame(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  where: string,
): void {
  const all = new Set([...Object.keys(now), ...Object.keys(then)]);
  const names = [...all].filter((name) => (then[name] ?? '') !== (now[name] ?? ''));
  if (names.length === 0) return;
  const listed = (options: Readonly<Record<string, string>>): string =>
    names.map((name) => `${name} ${options[name] ?? 'none'}`).join(', ');
  throw new InputError('option', {
    where,
    expected: `a checkpoint of a fit with ${listed(now)}`,
    got: `one with ${listed(then)}`,
    remedy: 'resume with the options that it was begun with, or begin anew without it',
  });
}

/** Throws `InputError('value')` where there is a difference. */
function requireSameRows(difference: string | undefined, where: string): void {
  if (difference === undefined) return;
  throw new InputError('value', {
    where,
    expected: 'a checkpoint of these rows',
    got: difference,
    remedy: 'resume with the rows that it was begun with, or begin anew without it',
  });
}
