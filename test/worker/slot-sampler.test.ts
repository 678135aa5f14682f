import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { readProcessUse, secondsOf } from '../../src/worker/slots/process-use.ts';
import { SlotSampler } from '../../src/worker/slots/slot-sampler.ts';

/** A process that has started another one, which computes. */
const parent = `const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'const end = Date.now() + 400; while (Date.now() < end); process.send("over"); setInterval(() => 0, 1000)'],
  { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
child.on('message', () => process.send('over'));
process.on('disconnect', () => { child.kill(); process.exit(); });`;

it('a process uses what it and its children use', async () => {
  const started = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    await once(started, 'message');
    const use = await readProcessUse(started.pid ?? 0);
    // The child computed for 400 ms of a clock, however little of a processor it got.
    expect(use?.cpuSeconds).toBeGreaterThan(0);
    expect(use?.memoryBytes).toBeGreaterThan(50e6);
    expect(use?.memoryBytes).toBeLessThan(1e9);
  } finally {
    const over = once(started, 'exit');
    started.disconnect();
    await over;
  }
  expect(await readProcessUse(started.pid ?? 0)).toBeNull();
});

it('reads the times that ps writes', () => {
  expect(['0:07.25', '12:30', '01:00:01', '2-03:00:00'].map(secondsOf)).toEqual([7.25, 750, 3_601, 183_600]);
});

it('what is busy is the time since the look before, of the same process', async () => {
  let [clock, pid] = [0, 11];
  const used = new Map([
    [11, 40],
    [12, 3],
  ]);
  const sampler = new SlotSampler({
    slots: () => [
      { slot: 0, pid, segments: ['a'] },
      { slot: 1, pid: undefined, segments: [] },
    ],
    memoryLimit: 8e9,
    read: async (of) => ({ cpuSeconds: used.get(of) ?? 0, memoryBytes: 1e9 }),
    now: () => clock,
  });
  const idle = { slot: 1, pid: null, segments: [], processors: null, memory_bytes: null, memory_limit_bytes: 8e9 };
  expect(await sampler.sample()).toEqual([
    { slot: 0, pid: 11, segments: ['a'], processors: null, memory_bytes: 1e9, memory_limit_bytes: 8e9 },
    idle,
  ]);
  clock = 5_000;
  used.set(11, 57.5);
  expect(await sampler.sample()).toMatchObject([{ processors: 3.5 }, idle]);
  // A new process begins at 0: nothing is known of it yet.
  clock = 10_000;
  pid = 12;
  expect(await sampler.sample()).toMatchObject([{ pid: 12, processors: null }, idle]);
});
