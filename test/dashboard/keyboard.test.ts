import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isLooking, keyMeaning } from '../../src/dashboard/input/key-bindings.ts';
import { Keyboard } from '../../src/dashboard/input/keyboard.ts';
import { whyNot } from '../../src/dashboard/steering/steering-orders.ts';

/*
 * Commands are p, r, + and -, and a space marks; all else moves. Time is fake: a hand is slower than a paste by far.
 */
let told: string[];
let keyboard: Keyboard;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  keyboard = new Keyboard({
    onKey: (input, key) => {
      const meaning = keyMeaning(input, key, 5);
      if (meaning === null) return;
      if (isLooking(meaning)) told.push(`key ${input}`);
      else keyboard.alone(() => told.push(meaning.kind));
    },
    onPaste: (text) => told.push(`paste ${text}`),
    onRefused: () => told.push('refused'),
    now: () => Date.now(),
  });
});

afterEach(() => {
  keyboard.close();
  vi.useRealTimers();
});

async function after(milliseconds: number): Promise<readonly string[]> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  return told;
}

describe('the keyboard', () => {
  it('takes reports of the mouse for no keys, and for none where nobody asked for them', () => {
    const reported: string[] = [];
    const onKey = (input: string): void => void told.push(`typed ${input}`);
    const pointed = new Keyboard({
      onKey,
      onPaste: (text) => told.push(`paste ${text}`),
      onRefused: () => told.push('refused'),
      onMouse: ({ kind, row }) => reported.push(`${kind} ${row}`),
    });
    pointed.take('[<0;3;7M', {});
    pointed.take('j', {});
    pointed.take('[200~', {});
    pointed.take('[<0;3;7M', {});
    pointed.take('[201~', {});
    expect(reported).toEqual(['press 6']);
    expect(told).toEqual(['typed j', 'paste [<0;3;7M']);
    pointed.close();
  });

  it('takes a command that comes alone, also again and again', async () => {
    keyboard.take('p', {});
    expect(await after(30)).toEqual(['pause']);
    for (let press = 0; press < 3; press += 1) {
      keyboard.take('+', {});
      await after(33);
    }
    expect(told).toEqual(['pause', 'parallelism', 'parallelism', 'parallelism']);
  });

  it('takes no command of a burst, however it is cut into pieces, and moves by what else is in it', async () => {
    keyboard.take('stopped -r\n', {});
    expect(await after(100)).toEqual(['key s', ...Array.from({ length: 5 }, () => 'refused')]);
    told.length = 0;
    for (const piece of ['p', 'r', 'j', '-']) {
      keyboard.take(piece, {});
      await after(1);
    }
    expect(await after(100)).toEqual(['refused', 'refused', 'key j', 'refused']);
  });

  it('knows a key that arrives with others', () => {
    const taken: unknown[] = [];
    const plain = new Keyboard({
      onKey: (input, key) => taken.push(Object.keys(key).length === 0 ? input : key),
      onPaste: () => undefined,
      onRefused: () => undefined,
    });
    plain.take('x\u007Fy\t\r', {});
    expect(taken).toEqual(['x', { backspace: true }, 'y', { tab: true }, { return: true }]);
  });

  it('hands on text in brackets as text, keys and all, and takes keys again after it', async () => {
    for (const piece of ['[200~', 'q pr', '+']) keyboard.take(piece, {});
    keyboard.take('', { return: true });
    keyboard.take('', { upArrow: true });
    keyboard.take('[201~', {});
    expect(told).toEqual(['paste q pr+\n']);
    await after(100);
    keyboard.take('p', {});
    expect(await after(100)).toEqual(['paste q pr+\n', 'pause']);
  });

  it('outlives a paste whose end was lost', async () => {
    keyboard.take('[200~', {});
    keyboard.take('half', {});
    await after(2000);
    keyboard.take('r', {});
    expect(await after(100)).toEqual(['paste half', 'resume']);
  });
});

it('commands on a sweep that has ended are refused with the reason', () => {
  expect(whyNot({ name: 's', state: 'completed' }, { kind: 'pause' })).toBe(
    's is completed: nothing of it runs that could be paused',
  );
  expect(whyNot({ name: 's', state: 'cancelled' }, { kind: 'pause' })).toBe('s is cancelled: r goes on with it');
  expect(whyNot({ name: 's', state: 'cancelled' }, { kind: 'resume' })).toBeNull();
  expect(whyNot({ name: 's', state: 'completed' }, { kind: 'retry' })).toBeNull();
  for (const state of ['running', 'paused'] as const) {
    for (const kind of ['pause', 'resume', 'parallelism', 'cancel', 'set_priority'] as const)
      expect(whyNot({ name: 's', state }, { kind })).toBeNull();
  }
});
