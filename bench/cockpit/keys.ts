import { setTimeout as sleep } from 'node:timers/promises';
import { views } from '../../src/dashboard/views/views.ts';
import type { PtyTerminal } from '../../test/support/pty-terminal.ts';
import { quantile, round } from './quantile.ts';
import { cpuMs, settled } from './watched-process.ts';

/** Between two keys of a hand. */
const handMs = 40;

interface KeyFigures {
  readonly view: string;
  /** Of the key that leads there, until its first frame and until nothing more comes. */
  readonly openedMs: number;
  readonly filledMs: number;
  /** From a key within the view to the first whole update of the screen. */
  readonly leastMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** What one key within it costs the process, all threads, with what it reads afterwards. */
  readonly cpuMsPerKey: number;
  readonly bytesMedian: number;
  readonly bytesMost: number;
  readonly keys: number;
}

const down = 'j';
const up = 'k';
const pageDown = '\u001B[6~';
const pageUp = '\u001B[5~';
/** Each changes something where there are rows, and all together nothing; help is there everywhere. */
const amongRows = [down, down, up, up, pageDown, pageUp, '?', '?'];
const withoutRows = ['?', '?'];
/** Views that have less than two rows in a record of one sweep that a grid made and no worker works on. */
const rowless = ['workers', 'sweeps', 'search', 'training'];

/** Goes through every view, and presses keys in each. */
export async function pressKeys(pty: PtyTerminal, times: number): Promise<readonly KeyFigures[]> {
  const figures: KeyFigures[] = [];
  for (const { name, key, numbered } of views) {
    const way = key === undefined ? (numbered === undefined ? [] : [...Array.from(`:${name} 7`), '\r']) : [key];
    if (way.length === 0) continue;
    for (const typed of way.slice(0, -1)) {
      pty.press(typed);
      await sleep(handMs);
    }
    await settled(pty);
    const opened = await press(pty, way.at(-1) ?? '');
    // What the view reads is no key's.
    await pty.until((screen) => !screen.some((line) => /(^|\s)reading( |$)/.test(line)));
    const before = cpuMs(pty.pid);
    const taken: Pressed[] = [];
    for (let time = 0; time < times; time += 1)
      for (const each of rowless.includes(name) ? withoutRows : amongRows) taken.push(await press(pty, each));
    await sleep(300);
    const drawn = taken.flatMap(({ frameMs }) => frameMs ?? []);
    const bytes = taken.map(({ bytes: written }) => written);
    figures.push({
      view: name,
      openedMs: round(opened.frameMs ?? Number.NaN),
      filledMs: round(opened.filledMs),
      leastMs: round(quantile(drawn, 0)),
      medianMs: round(quantile(drawn, 0.5)),
      p95Ms: round(quantile(drawn, 0.95)),
      cpuMsPerKey: round((cpuMs(pty.pid) - before) / taken.length),
      bytesMedian: quantile(bytes, 0.5),
      bytesMost: quantile(bytes, 1),
      keys: drawn.length,
    });
  }
  return figures;
}

interface Pressed {
  /** Until the first whole update; null: the key changed nothing on the screen. */
  readonly frameMs: number | null;
  readonly filledMs: number;
  readonly bytes: number;
}

async function press(pty: PtyTerminal, key: string): Promise<Pressed> {
  const [bytes, updates] = [pty.bytes, pty.updates.length];
  const at = performance.now();
  pty.press(key);
  await settled(pty, at);
  const first = pty.updates[updates];
  const result = {
    frameMs: first === undefined ? null : first - at,
    filledMs: Math.max(0, pty.writtenAt - at),
    bytes: pty.bytes - bytes,
  };
  await sleep(handMs);
  return result;
}
