import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../src/services/processes/free-port.ts';
import { KeptService } from '../../src/services/processes/kept-service.ts';

let service: KeptService | null = null;
afterEach(() => service?.stop());

/** A process that greets whoever connects. */
async function greeter(port: number): Promise<ChildProcess> {
  const program = `require('node:net').createServer((s) => s.end('hello')).listen(${port}, '127.0.0.1', () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    // A process that stands still is connected to by its kernel, and says nothing.
    socket.setTimeout(200, () => socket.destroy());
    socket.once('data', () => resolve(true));
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(false));
  });
}

async function kept(answers: (port: number) => Promise<boolean>): Promise<string[]> {
  const port = await freePort();
  const said: string[] = [];
  service = new KeptService({
    name: 'greeter',
    start: () => greeter(port),
    answers: () => answers(port),
    changed: () => undefined,
    log: (text) => said.push(text),
    looks: 3,
    lookEveryMs: 20,
    firstDelayMs: 1,
  });
  await service.start();
  return said;
}

it('a service that lives and answers nobody is ended, and started again', async () => {
  const said = await kept(greets);
  const before = service?.status.process?.pid ?? 0;
  process.kill(before, 'SIGSTOP');
  while (service?.status.restarts !== 1 || service.status.process === null) await sleep(20);
  expect(service.status.process.pid).not.toBe(before);
  expect(service.status.fault).toBe('lives, and answered none of 3 looks');
  expect(said[0]).toBe('greeter lives, and answered none of 3 looks; ending it');
});

it('one that answers each third look is left alone', async () => {
  const answered: boolean[] = [];
  await kept(() => {
    const answers = answered.length % 3 === 2;
    answered.push(answers);
    return answers ? Promise.resolve(true) : Promise.reject(new Error('no way there'));
  });
  while (answered.length < 12) await sleep(20);
  expect(service?.status).toMatchObject({ restarts: 0, fault: null });
});
