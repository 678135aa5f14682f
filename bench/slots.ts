import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ownBase } from './own-base.ts';

/*
 * How to share a machine's cores: one slot of two threads against two slots of one thread, interleaved round by round.
 * `npm run bench:slots -- [--tokens 64] [--rows 32] [--rounds 10]`. Each round every arrangement does two steps.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '32' },
    tokens: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '10' },
  },
});
const folder = await ownBase();

interface Slot {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
  peakMib: number;
}

const arrangements = [
  { name: 'one slot of two threads', slots: [await open(2)] },
  { name: 'two slots of one thread', slots: [await open(1), await open(1)] },
].map((arrangement) => ({ ...arrangement, times: new Array<number>() }));
const [warmUps, stepsPerRound] = [2, 2];
for (let round = 0; round < Number(options.rounds) + warmUps; round += 1) {
  for (const { slots, times } of arrangements) {
    const begun = performance.now();
    await Promise.all(slots.map((slot) => steps(slot, stepsPerRound / slots.length)));
    if (round >= warmUps) times.push(performance.now() - begun);
  }
}
console.table(
  arrangements.map(({ name, slots, times }) => {
    const sorted = times.sort((a, b) => a - b);
    return {
      arrangement: name,
      min_ms_per_step: Math.round((sorted[0] ?? 0) / stepsPerRound),
      median_ms_per_step: Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) / stepsPerRound),
      peak_mib: slots.reduce((sum, slot) => sum + slot.peakMib, 0),
    };
  }),
);
for (const { child } of arrangements.flatMap(({ slots }) => slots)) child.kill('SIGKILL');
rmSync(folder, { recursive: true });

async function open(threads: number): Promise<Slot> {
  const program = path.join(import.meta.dirname, 'peers', 'own-step.js');
  const child = spawn(process.execPath, [program, folder, options.rows, options.tokens, String(threads), '1'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  await lines.next();
  return { child, lines, peakMib: 0 };
}

async function steps(slot: Slot, count: number): Promise<void> {
  for (let step = 0; step < count; step += 1) {
    slot.child.stdin?.write('step\n');
    const { value } = await slot.lines.next();
    slot.peakMib = Number(String(value).split(' ')[1]);
  }
}
