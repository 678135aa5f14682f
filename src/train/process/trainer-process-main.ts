import { escapeControls } from '../../base/escape-controls.ts';
import { constants } from 'node:os';
import { deviceOfSlot } from './device-of-slot.ts';
import { readNumericsClass } from '../engine/read-numerics-class.ts';
import { openRunner } from './runners.ts';
import { TrainerProcess } from './trainer-process.ts';
import type { FromTrainer, ToTrainer } from './trainer-protocol.ts';

/** A worker that died without closing the channel is noticed at least this often. */
const parentCheckEveryMs = 1_000;

function leave(status: number): never {
  process.exit(status);
}

/** The trainer process: forked by a slot's supervisor, ends with it. */
function main(): void {
  if (process.send === undefined) throw new Error('the trainer process is started by a worker, over an IPC channel');
  const send = (message: FromTrainer) => {
    if (process.connected) process.send?.(message);
  };
  const trainer = new TrainerProcess({
    send,
    openRunner,
    leave: () => leave(0),
    fail(error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(escapeControls(`${text}\n`));
      leave(1);
    },
  });
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) leave(0);
  }, parentCheckEveryMs).unref();
  process.on('disconnect', () => leave(0));
  // A terminal's Ctrl-C is the worker's to answer; SIGTERM is how the worker insists.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => leave(128 + constants.signals.SIGTERM));
  process.on('message', (message: ToTrainer) => trainer.receive(message));
  send({ kind: 'ready', numericsClass: readNumericsClass(deviceOfSlot(process.env)) });
}

main();
