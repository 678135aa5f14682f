import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { noticePayload, noticeSchema } from '../../src/notices/payload.ts';
import { command, runCommand } from '../../src/notices/targets/command.ts';
import { webhook } from '../../src/notices/targets/webhook.ts';
import { startHookServer } from './hook-server.ts';
import { payloadUnderTest } from './payload-under-test.ts';

const never = new AbortController().signal;
const at = (address: string) => ({ kind: 'webhook', address, host: null, folder: null });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(...[answer]: Parameters<typeof startHookServer>) {
  const server = await startHookServer(answer);
  closers.push(() => server.close());
  return server;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('a notice by a webhook', () => {
  it('is the payload as JSON, with its id, and a login that is not in the address', async () => {
    const server = await serve((response) => response.writeHead(204).end());
    const payload = payloadUnderTest();
    const address = server.url.replace('http://', 'http://me:p%40ss@');
    expect(await webhook.deliver(at(address), payload, never)).toEqual({ kind: 'delivered' });
    const [request] = server.requests;
    expect(noticePayload.parse(JSON.parse(request?.body ?? ''))).toEqual(payload);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': payload.id,
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  it.each([
    [500, true],
    [429, true],
    [404, false],
    [302, false],
  ])('that is answered with %d has failed; another attempt may help: %s', async (status, again) => {
    const server = await serve((response) => response.writeHead(status, { location: '/elsewhere' }).end());
    const result = await webhook.deliver(at(server.url), payloadUnderTest(), never);
    expect(result).toEqual({ kind: 'failed', problem: `it answered ${status}`, again });
    expect(server.requests).toHaveLength(1);
  });

  it('ends with its signal where the server hangs, and says nothing secret where there is none', async () => {
    const server = await serve(() => undefined);
    const leaving = new AbortController();
    const delivered = webhook.deliver(at(server.url), payloadUnderTest(), leaving.signal);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    leaving.abort();
    expect(await delivered).toEqual({ kind: 'failed', problem: 'the request failed', again: true });
    const nobody = await webhook.deliver(at('http://127.0.0.1:1/secret'), payloadUnderTest(), never);
    expect(nobody).toMatchObject({ kind: 'failed', again: true });
    expect(JSON.stringify(nobody)).not.toContain('secret');
    expect(webhook.shown(server.url)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/…$/);
  });

  it.each(['', 'nonsense', 'ftp://host/x', 'file:///etc/passwd'])('cannot go to %j', (address) => {
    expect(() => webhook.check(address)).toThrow('this is no webhook');
  });
});

describe('a notice by a command', () => {
  it('is on its standard input and in its environment, as text that no shell reads', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dropsweep-notice-'));
    const payload = payloadUnderTest();
    const target = {
      kind: 'command',
      address: 'cat > got.json; printf %s "$DROPSWEEP_NOTICE_TEXT" > text',
      host: null,
      folder,
    };
    expect(await command.deliver(target, payload, never)).toEqual({ kind: 'delivered' });
    expect(JSON.parse(readFileSync(join(folder, 'got.json'), 'utf8'))).toEqual(payload);
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe(payload.text);
    expect(existsSync(join(folder, 'owned'))).toBe(false);
    expect(command.shown('curl -H "token: x" https://host')).toBe('curl …');
  });

  it('has failed with its status and last words, or where its folder is gone', async () => {
    const run = { folder: null, payload: payloadUnderTest(), limitMs: 10_000, signal: never };
    expect(await runCommand('echo no such list >&2; exit 3', run)).toEqual({
      kind: 'failed',
      problem: 'it ended with status 3: no such list',
      again: true,
    });
    expect(await runCommand('true', { ...run, folder: '/nowhere' })).toMatchObject({ kind: 'failed', again: true });
  });

  it('is killed with its group at its limit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dropsweep-notice-'));
    const run = { folder, payload: payloadUnderTest(), limitMs: 500, signal: never };
    const result = await runCommand('sleep 60 & echo $! > child; echo $$ > self; wait', run);
    expect(result).toEqual({ kind: 'failed', problem: 'it was ended after 0.5 s', again: true });
    const pids = ['child', 'self'].map((name) => Number(readFileSync(join(folder, name), 'utf8')));
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]));
  });

  it('ends with the process that started it, kill -9 too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dropsweep-notice-'));
    const module = resolve(import.meta.dirname, '../../dist/src/notices/targets/command.js');
    const program = `import { runCommand } from ${JSON.stringify(module)};
      await runCommand('sleep 60 & echo $! > child; wait', ${JSON.stringify({
        folder,
        payload: payloadUnderTest(),
        limitMs: 60_000,
      }).slice(0, -1)}, "signal": new AbortController().signal });`;
    const worker = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
    const child = await vi.waitFor(() => {
      const pid = Number(readFileSync(join(folder, 'child'), 'utf8'));
      expect(pid).toBeGreaterThan(0);
      return pid;
    }, 10_000);
    expect(isAlive(child)).toBe(true);
    worker.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), 10_000);
  });
});

it('the schema of a notice is the one that is published', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../docs/notice.schema.json'), 'utf8')).toBe(noticeSchema());
});
