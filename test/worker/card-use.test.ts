import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CardReader, readCards } from '../../src/worker/slots/card-use.ts';
import { SlotSampler } from '../../src/worker/slots/slot-sampler.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-cards-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the place of nvidia-smi: a real process, that answers both of the queries. */
function driver(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const answering = (cards: string, processes: string) =>
  `case "$1" in *query-gpu*) printf '%s\\n' '${cards}';; *) printf '%s' '${processes}';; esac`;

/** Two cards of a machine as its driver writes them, and one that tells little, as under WSL or a virtual GPU. */
const two = '0, GPU-aa, 35, 12411, 81559\n1, GPU-bb, 0, 4, 81559';
const mib = 2 ** 20;

describe('what nvidia-smi tells', () => {
  it('is each card with what computes on it', async () => {
    const program = driver('two', answering(two, 'GPU-aa, 4711, 11000\nGPU-aa, 4712, 1200\nGPU-bb, 99, [N/A]\n'));
    const cards = await new CardReader({ program, limitMs: 20_000 }).read();
    expect(cards).toEqual([
      {
        ...{ number: 0, busy: 0.35, usedBytes: 12_411 * mib, totalBytes: 81_559 * mib },
        processBytes: new Map([
          [4711, 11_000 * mib],
          [4712, 1_200 * mib],
        ]),
      },
      { number: 1, busy: 0, usedBytes: 4 * mib, totalBytes: 81_559 * mib, processBytes: new Map([[99, null]]) },
    ]);
  });

  it('may leave out any of it: [N/A], [Not Supported], no processes, a line that is none', () => {
    const little = '0, GPU-cc, [N/A], [Not Supported], 16380\nUnable to determine the device handle for GPU1\n';
    const nothing = { number: 0, busy: null, usedBytes: null, totalBytes: 16_380 * mib, processBytes: new Map() };
    expect(readCards(little, '[Insufficient Permissions]')).toEqual([nothing]);
    expect(readCards(little, 'GPU-cc, [N/A], [N/A]')).toEqual([nothing]);
    expect(readCards('No devices were found', '')).toBeNull();
    expect(readCards('', '')).toBeNull();
  });

  it('is not sampled where there is none, where it crashes, and where it writes something else', async () => {
    for (const program of [
      join(folder, 'none'),
      driver('crashing', 'echo "0, GPU-aa, 35, 1, 2"; exit 9'),
      driver('killed', 'kill -9 $$'),
      driver('failing', 'echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver"'),
    ])
      expect([program, await new CardReader({ program, limitMs: 20_000 }).read()]).toEqual([program, null]);
  });

  it('that hangs holds nobody up, and is not started again beside itself', async () => {
    const begun = join(folder, 'begun');
    const release = join(folder, 'release');
    // Its child keeps the pipe open, whatever becomes of it.
    const waiting = `echo x >> '${begun}'; (until [ -e '${release}' ] || [ ! -d '${folder}' ]; do sleep 0.05; done) & wait`;
    const reader = new CardReader({ program: driver('hanging', `trap "" TERM; ${waiting}`), limitMs: 300 });
    try {
      expect(await reader.read()).toBeNull();
      expect(await reader.read()).toBeNull();
      // One asking is two queries.
      if (existsSync(begun)) expect(readFileSync(begun, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(2);
    } finally {
      writeFileSync(release, '');
    }
  });

  it('of whose processes none answers to the query still tells of the cards', async () => {
    const program = driver('old', `case "$1" in *query-gpu*) echo '0, GPU-aa, 7, 100, 200';; *) exit 2;; esac`);
    const cards = await new CardReader({ program, limitMs: 20_000 }).read();
    expect(cards).toMatchObject([{ number: 0, busy: 0.07, processBytes: new Map() }]);
  });
});

describe('a slot', () => {
  const sampled = (cards: string, processes: string, pid = 4711) =>
    new SlotSampler({
      slots: () => [{ slot: 0, pid, segments: [] }],
      memoryLimit: 8e9,
      read: async () => ({ cpuSeconds: 1, memoryBytes: 1e9 }),
      readCards: async () => readCards(cards, processes),
    }).sample();

  it('has the card that its process computes on, with its own part of the memory', async () => {
    expect(await sampled(two, 'GPU-bb, 4711, 900')).toMatchObject([
      { card: { number: 1, busy: 0, own_bytes: 900 * mib, used_bytes: 4 * mib, total_bytes: 81_559 * mib } },
    ]);
  });

  it('has the only card where the pids of a container are others, and none of several', async () => {
    const [one = ''] = two.split('\n');
    expect(await sampled(one, 'GPU-aa, 1, 900')).toMatchObject([{ card: { number: 0, busy: 0.35, own_bytes: null } }]);
    expect(await sampled(two, 'GPU-aa, 1, 900')).toMatchObject([{ card: null }]);
  });

  it('that runs nothing, or whose cards do not answer, was not sampled; one on a processor has no card', async () => {
    const idle = new SlotSampler({
      slots: () => [{ slot: 0, pid: undefined, segments: [] }],
      memoryLimit: 8e9,
      readCards: async () => readCards(two, ''),
    });
    expect(await idle.sample()).toMatchObject([{ pid: null, card: null }]);
    expect(await sampled('No devices were found', '')).toMatchObject([{ pid: 4711, card: null }]);
    const read = async () => ({ cpuSeconds: 1, memoryBytes: 1e9 });
    const onCpu = new SlotSampler({ slots: () => [{ slot: 0, pid: 4711, segments: [] }], memoryLimit: 8e9, read });
    expect(Object.keys((await onCpu.sample())[0] ?? {})).not.toContain('card');
  });
});
