/** Processes that checks of fits on Ray start, look for, wait for and end. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** How long a process may take to end, ms. */
const MOST = 60_000;
const PAUSE = 100;

/** Every process whose arguments hold a text: `{ pid, parent, state, args }`. Those that have ended are none. */
function holding(text) {
  const found = [];
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (!args.includes(text)) continue;
      // The name stands in brackets and may have any character in it.
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (state !== 'Z') found.push({ pid, parent: Number(parent), state, args });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

function parentOf(pid) {
  const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(parent);
}

/** Processes of Ray that one process has started, those that came first before others. */
function startedBy(starter, text = '/session_') {
  const session = new RegExp(`/session_[-_0-9]*_${starter}/`); // which is named by the starter
  return holding(text)
    .filter(({ args }) => session.test(args))
    .sort((one, other) => one.pid - other.pid);
}

/** Raylets that a process has started, the head's first. */
const rayletsOf = (starter) => startedBy(starter, 'raylet/raylet ');

/** Waits until there are no more of some processes; throws an error that says what they are. */
async function gone(find, what) {
  for (const until = performance.now() + MOST; ;) {
    const left = find();
    if (left.length === 0) return;
    if (performance.now() > until) {
      const each = left.map(({ pid, parent, state, args }) => `${pid} (of ${parent}, ${state}) ${args.slice(0, 90)}`);
      throw new Error(`no ${what} that is left was expected, got ${each.join('; ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Processes of one fit, which carry a mark: those that talk to Ray, and the workers. */
export class Marked {
  /** Raylets that those started which talk to Ray. */
  #starters = new Set();

  constructor(mark) {
    this.mark = mark;
  }

  /** The processes of workers. What starts them names the mark too. */
  workers() {
    const { mark } = this;
    return holding(mark).filter(({ args }) => args.startsWith(mark) || args.includes(`--title=${mark} `));
  }

  drivers() {
    const drivers = holding(this.mark).filter(({ args }) => args.includes('-m otmix_ray'));
    for (const { pid } of drivers) this.#starters.add(pid);
    return drivers;
  }

  /** A worker by chance. */
  one() {
    const pids = this.workers().map(({ pid }) => pid);
    if (pids.length === 0) throw new Error('a worker was expected to run');
    return pids[Math.floor(pids.length * Math.random())];
  }

  /** The actor of a worker. */
  actor() {
    return parentOf(this.one());
  }

  /** A raylet of a cluster that has a worker, but for the head. */
  raylet({ pid: starter }) {
    const [, ...others] = rayletsOf(starter).map(({ pid }) => pid);
    const other = this.workers()
      .map(({ parent }) => parentOf(parent))
      .find((pid) => others.includes(pid));
    if (other === undefined) throw new Error('a worker on another raylet than the head was expected');
    return other;
  }

  /** Raylets that were started for the fit alone. */
  raylets() {
    this.drivers();
    return [...this.#starters].flatMap(rayletsOf);
  }

  /** Waits until nothing is left, and ends what is left all the same: other checks are not to suffer from it. */
  async gone() {
    try {
      await gone(() => this.workers(), 'worker');
      await gone(() => this.drivers(), 'process that talks to Ray');
      await gone(() => this.raylets(), 'raylet');
    } finally {
      this.end();
    }
  }

  /** Ends what is left. */
  end() {
    for (const { pid } of [...this.workers(), ...this.drivers(), ...this.raylets()]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

/** A Python program of the tests: what it says line by line, and how to tell it something and to end it. */
function program(python, path, args) {
  const child = spawn(python, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    pid: child.pid,
    tell: () => child.stdin.write('\n'),
    async said(what) {
      const { value } = await lines.next();
      if (value === undefined) throw new Error(`${path} was expected to say ${what}, and has ended`);
      return value;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/** A Ray cluster of several raylets on this machine, with its address; `add` has one more join. */
export async function cluster(python, path, ...args) {
  const { said, tell, ...own } = program(python, path, args);
  const address = await said('an address');
  return {
    ...own,
    address,
    add: tell,
    added: () => said('that a raylet has joined'),
    async end() {
      await own.end();
      await gone(() => startedBy(own.pid), 'process of Ray');
    },
  };
}

/** What fills the object store of a cluster's head once it is told to, and lets go of it in the end. */
export async function filler(python, path, address) {
  const { said, tell, end } = program(python, path, [address]);
  await said('that it is ready');
  return { fill: tell, full: () => said('that the store is full'), end };
}
