/**
 * Runs steps beside each other, as many as there are cores for, and prints all that a step said when it ends. A line
 * each minute says what is still running.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';

const MINUTE = 60_000;
const HOUR_IN_MINUTES = 60;

/** Cores to share among steps. */
export const cores = Math.max(2, availableParallelism());

/**
 * Starts each step when all that it `needs` has ended, well or not, and as many cores are free as it keeps busy: one,
 * or its `cores`. Steps further up go first. `ended` is given each step with its exit status, its seconds and its
 * lines, and may return false, whereupon no other step is started.
 */
export async function runSteps(steps, options, ended) {
  const waiting = [...steps];
  const running = new Map();
  const done = new Set();
  const heartbeat = setInterval(() => console.log(`... ${stillRunning(running)}`), MINUTE);
  const coresOf = (step) => Math.min(step.cores ?? 1, cores);
  const startable = (step) => {
    const busy = [...running.keys()].reduce((sum, one) => sum + coresOf(one), 0);
    const known = (name) => done.has(name) || !steps.some((one) => one.name === name);
    return (step.needs ?? []).every(known) && busy + coresOf(step) <= cores;
  };
  const stop = stopOnSignals(running);
  try {
    while (waiting.length + running.size > 0) {
      for (let next; (next = waiting.find(startable)) !== undefined;) {
        waiting.splice(waiting.indexOf(next), 1);
        running.set(next, start(next, options));
      }
      const { step, status, seconds, lines } = await Promise.race([...running.values()].map(({ end }) => end));
      running.delete(step);
      done.add(step.name);
      if (ended(step, { status, seconds, lines }) === false) waiting.length = 0;
    }
  } finally {
    clearInterval(heartbeat);
    stop();
  }
}

/** Starts a step in a process group of its own, which its limit ends as a whole. */
function start(step, { cwd }) {
  const { name, command, minutes = 15, env } = step;
  const [program, ...args] = command;
  const from = performance.now();
  const lines = [];
  console.log(`>>> ${name}: ${command.join(' ')}`);
  const child = spawn(program, args, {
    ...{ cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, ...env },
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (text) => lines.push(text));
  const limit = setTimeout(
    () => {
      lines.push(`${name}: still running after ${minutes} minutes, which is its limit`);
      endGroup(child, 'SIGTERM');
      setTimeout(() => endGroup(child, 'SIGKILL'), 10_000).unref();
    },
    Math.min(minutes, HOUR_IN_MINUTES) * MINUTE,
  );
  const end = new Promise((resolve) => {
    const finish = (status) => {
      clearTimeout(limit);
      resolve({ step, status, seconds: (performance.now() - from) / 1000, lines });
    };
    child.on('error', (error) => {
      lines.push(`${program}: ${error.message}`);
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
  return { end, child, from };
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** Ctrl-C reaches this process alone: pass it on. */
function stopOnSignals(running) {
  const onSignal = (signal) => {
    for (const { child } of running.values()) endGroup(child, 'SIGTERM');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, onSignal);
  };
}

function stillRunning(running) {
  const minutes = (from) => Math.round((performance.now() - from) / MINUTE);
  return [...running].map(([{ name }, { from }]) => `${name}, ${minutes(from)} min`).join('; ');
}
