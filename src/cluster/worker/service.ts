import { resolveBackend, type BackendChoice } from '../../backend/resolve.js';
import type { BackendName } from '../../backend/backends.js';
import { version } from '../../base/version.js';
import { freeRoom } from '#scratch';
import { boundsOf } from '../../data/ranges.js';
import { summarized } from '../../data/summary.js';
import { surveyed } from '../../data/survey.js';
import { familyOfSpec } from '../family-spec.js';
import {
  PROTOCOL,
  type DeviceWish,
  type Holding,
  type Looking,
  type Room,
  type WorkerFacts,
  type WorkerQuestion,
} from '../messages.js';
import type { Manifest } from '../manifest.js';
import { Evaluations } from './evaluations.js';
import { HeldUnits } from './held.js';
import { OpenedData } from './opened.js';
import { hostname } from 'node:os';

/** What a worker knows and answers. Nothing of it is needed by a worker that takes its place: questions bring what they need. */
export class Service {
  private readonly kept = new Map<string, unknown>();
  private readonly data = new Map<string, OpenedData>();
  private readonly held = new Map<string, HeldUnits>();
  private readonly devices = new Map<string, Promise<BackendChoice>>();
  private readonly evaluations = new Evaluations();
  private part: unknown;

  /** Takes a value that comes without a question. */
  take({ op, name }: WorkerQuestion, value: unknown): void {
    if (op === 'part') this.part = value;
    else this.kept.set(String(name), value);
  }

  answer(question: WorkerQuestion): Promise<unknown> {
    switch (question.op) {
      case 'facts':
        return this.facts(question.device as DeviceWish);
      case 'forget':
        this.forget(String(question.name));
        return Promise.resolve(null);
      case 'survey':
        return this.survey(question);
      case 'ranges':
        return boundsOf(this.unitOf(question), this.keptAs<Looking>(question.kept));
      case 'summarize':
        return this.summarize(question);
      case 'room':
        return Promise.resolve(freeRoom(question.folder as string | undefined));
      case 'open':
      case 'sweep':
      case 'score':
      case 'rows':
      case 'take':
      case 'nearest':
        return this.unitsOf(String(question.rows)).answer(question, this.part);
      case 'evaluate':
      case 'criteria':
        return this.evaluations.answer(question, this.unitOf(question), this.keptAs(question.kept));
      default:
        throw new RangeError(`a worker was asked for ${question.op}, which it does not know`);
    }
  }

  dispose(): void {
    for (const units of this.held.values()) units.dispose();
    this.evaluations.dispose();
  }

  private async facts(wish: DeviceWish): Promise<WorkerFacts> {
    const device = await this.deviceOf(wish);
    const { name, adapter, threads } = device;
    const { OTMIX_GPU: gpus = '' } = process.env;
    const own = { protocol: PROTOCOL, otmix: version, node: process.versions.node, host: hostname(), gpus };
    return { ...own, backend: name, adapter, threads, float64: 'float64Rows' in device };
  }

  private forget(name: string): void {
    this.kept.delete(name);
    this.data.delete(name);
    this.held.get(name)?.dispose();
    this.held.delete(name);
  }

  private survey(question: WorkerQuestion): Promise<unknown> {
    const { family, missing } = this.keptAs<Looking>(question.kept);
    const { survey } = familyOfSpec({ ...family, levels: undefined, noise: undefined });
    const questions = family.columns.map((_, column) => survey?.question(column));
    return surveyed(this.unitOf(question), { missing, questions });
  }

  private summarize(question: WorkerQuestion): Promise<unknown> {
    const { family: spec, missing, digested, room } = this.keptAs<Looking>(question.kept);
    const { coding, patterned: gaps } = familyOfSpec(spec);
    return summarized(this.unitOf(question, room), { missing, coding, gaps, digested });
  }

  /** The units that are held by a name. */
  private unitsOf(name: string): HeldUnits {
    const known = this.held.get(name);
    if (known) return known;
    const holding = this.keptAs<Holding>(name);
    const data = this.opened(holding.data);
    const units = new HeldUnits(holding, data, this.deviceOf(holding.device), () => this.bytes());
    this.held.set(name, units);
    return units;
  }

  /** Bytes of memory that rows take. */
  private bytes(): number {
    return [...this.held.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private unitOf({ data, unit }: WorkerQuestion, room?: Room) {
    return this.opened(String(data)).unit(Number(unit), room);
  }

  private opened(name: string): OpenedData {
    const known = this.data.get(name);
    if (known) return known;
    const opened = new OpenedData(this.keptAs<Manifest>(name));
    this.data.set(name, opened);
    return opened;
  }

  private deviceOf({ backend, threads }: DeviceWish): Promise<BackendChoice> {
    const key = `${backend} ${threads}`;
    const known = this.devices.get(key) ?? resolveBackend(backend as BackendName | 'auto', { threads });
    this.devices.set(key, known);
    return known;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- said by who asks: the master keeps its own
  private keptAs<T>(name: unknown): T {
    if (!this.kept.has(String(name)))
      throw new RangeError(`a worker was asked about ${String(name)}, which it was never given`);
    return this.kept.get(String(name)) as T;
  }
}
