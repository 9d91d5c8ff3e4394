import cliProgress from 'cli-progress';
import { beforeEnd } from './last-words.js';
import { fittedText, narrator, type ProgressView, type Stage } from './narration.js';

/** Steps of the bar. */
const STEPS = 1000;
const WIDTH = 16; // leaves room in 80 columns

/** One line of a terminal, redrawn in place and removed at the end. */
export function barView(stream: NodeJS.WritableStream): ProgressView {
  const narrate = narrator();
  const bar = new cliProgress.SingleBar({
    stream,
    format: (_options, { progress }, { stage }: { stage: Stage }) => drawn(stage, progress, columnsOf(stream)),
    clearOnComplete: true,
    forceRedraw: true, // the words change where the bar does not
    gracefulExit: false, // interruptions are ours
    emptyOnZero: true,
  });
  let running = false;
  const stop = (): void => {
    if (running) bar.stop();
    running = false;
  };
  beforeEnd(stop); // or an exit in haste leaves the terminal without line wrapping
  return {
    show(activity, task, share) {
      const stage = narrate(activity, task, share);
      if (!running) bar.start(STEPS, 0, { stage });
      running = true;
      bar.update(Math.round(STEPS * (stage.done ?? 0)), { stage });
    },
    stop,
  };
}

/** A stage in one line of a terminal: with a bar where that leaves room for all of the text. */
function drawn({ text, done }: Stage, progress: number, columns: number): string {
  const room = columns - 1; // a full line may wrap
  if (done === undefined || text.length + WIDTH + 1 > room) return fittedText(text, room);
  const full = Math.round(WIDTH * progress);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${text}`;
}

function columnsOf(stream: NodeJS.WritableStream): number {
  return ('columns' in stream && typeof stream.columns === 'number' && stream.columns) || 80;
}
