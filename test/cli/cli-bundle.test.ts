import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCliBundle } from '../../src/cli/build-cli-bundle.ts';

let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dropsweep-bundle-'));
  folder = join(root, 'cli');
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  const program = "process.stdin.once('data', async () => console.log((await import('./late.js')).late));";
  writeFileSync(join(root, 'main.js'), `${program}\nconsole.log('begun');\n`);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function build(late: string): Promise<void> {
  writeFileSync(join(root, 'late.js'), `export const late = ${JSON.stringify(late)};\n`);
  await buildCliBundle(join(root, 'main.js'), folder);
}

/** Gives, once the program has begun, what lets it go on and tells what it said then. */
async function start(): Promise<() => Promise<string>> {
  const child = spawn(process.execPath, [join(folder, 'main.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const begun = once(child.stdout, 'data');
  const [said, ended] = [text(child.stdout), once(child, 'exit')];
  await begun;
  return async () => {
    child.stdin.end('go on\n');
    await ended;
    return (await said).replace('begun\n', '').trim();
  };
}

test('a command that runs while it is built again loads what belongs to it, and a new one what is new', async () => {
  await build('before');
  const goOn = await start();
  await build('after');
  expect(await (await start())()).toBe('after');
  expect(await goOn()).toBe('before');
});

test('the builds before the last few are gone, and one that is built again is the newest', async () => {
  const known = new Set(readdirSync(folder));
  await build('first');
  const [first] = readdirSync(folder).filter((name) => !known.has(name));
  for (const late of ['second', 'third', 'fourth', 'first', 'fifth', 'sixth', 'seventh']) await build(late);
  const left = readdirSync(folder).filter((name) => name.startsWith('build-'));
  expect(left).toHaveLength(5);
  expect(existsSync(join(folder, first ?? ''))).toBe(true);
  expect(await (await start())()).toBe('seventh');
});
