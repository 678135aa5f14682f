import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EncodedInput } from '../../src/data/encoded-rows.ts';
import { keepInputs, readInputs, surplusInputs } from '../../src/data/kept-inputs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function inputs(count: number): readonly EncodedInput[] {
  return Array.from({ length: count }, (_, row) => ({
    ids: Int32Array.from({ length: 1 + (row % 7) }, (__, place) => row * place - 1),
    typeIds: new Uint8Array(1 + (row % 7)).fill(row % 2),
    labels: [row === 0 ? -0 : row / 3],
    row,
    ...(row % 3 === 0 && { alike: { group: row, tokens: 4 }, spans: Int32Array.of(-1, row) }),
  }));
}

it('inputs come back to the bit, over several pieces, with what was cut', async () => {
  const made = { inputs: inputs(2_500), cut: { rows: 3, emptied: 1 } };
  await keepInputs(folder, 'key', made);
  expect(await readInputs(folder, 'key')).toStrictEqual(made);
  await keepInputs(folder, 'none', { inputs: [] });
  expect(await readInputs(folder, 'none')).toStrictEqual({ inputs: [] });
  expect(await readInputs(folder, 'other')).toBeNull();
});

it('a torn file, a changed one and another key’s are as none, and are made again', async () => {
  const made = { inputs: inputs(10) };
  await keepInputs(folder, 'key', made);
  const [name = ''] = readdirSync(folder);
  const whole = readFileSync(join(folder, name));
  const changed = Buffer.from(whole);
  changed[20] = (changed[20] ?? 0) ^ 1;
  await keepInputs(folder, 'other', made);
  const other = readFileSync(join(folder, readdirSync(folder).find((each) => each !== name) ?? ''));
  for (const bytes of [whole.subarray(0, 40), whole.subarray(0, 3), Buffer.alloc(0), changed, other]) {
    writeFileSync(join(folder, name), bytes);
    expect(await readInputs(folder, 'key')).toBeNull();
  }
  await keepInputs(folder, 'key', made);
  expect(await readInputs(folder, 'key')).toStrictEqual(made);
});

it('what nobody reads goes, and what is beyond the limit, the least recently read first', async () => {
  for (const key of ['a', 'b', 'c']) await keepInputs(folder, key, { inputs: inputs(50) });
  writeFileSync(join(folder, 'half.inputs.1'), 'x');
  const names = readdirSync(folder);
  const hour = 3_600;
  const now = Date.now() / 1_000;
  for (const [index, name] of names.entries()) utimesSync(join(folder, name), now, now - (index + 2) * hour);
  const finished = names.filter((name) => name.endsWith('.inputs'));
  const bytes = statSync(join(folder, finished[0] ?? '')).size;
  const surplus = (ms: number, limit: number) => surplusInputs(folder, ms, limit).map(({ name }) => name);
  expect(surplus(now * 1_000, 1e9)).toEqual(['half.inputs.1']);
  expect(new Set(surplus(now * 1_000, 2 * bytes))).toEqual(new Set([finished[2], 'half.inputs.1']));
  expect(surplus((now + 31 * 24 * hour) * 1_000, 1e9)).toHaveLength(4);
  expect(surplusInputs(join(folder, 'nothing'))).toEqual([]);
});

it('without a place to write, inputs are made each time', async () => {
  writeFileSync(join(folder, 'file'), '');
  await keepInputs(join(folder, 'file'), 'key', { inputs: inputs(1) });
  expect(await readInputs(join(folder, 'file'), 'key')).toBeNull();
});
