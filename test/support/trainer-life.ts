import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { sha256 } from '../../src/base/sha256.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import { readCheckpointState } from '../../src/train/checkpoints/checkpoint.ts';
import type { RunCommand } from '../../src/train/process/segment-runner.ts';
import type { FromTrainer } from '../../src/train/process/trainer-protocol.ts';
import { expectOutcome } from './segment-run.ts';

const trainerProcess = resolve(import.meta.dirname, '../../dist/src/train/process/trainer-process-main.js');

export interface Life {
  readonly checkpoints: readonly CheckpointReference[];
  readonly losses: ReadonlyMap<number, number>;
  readonly final: CheckpointReference | null;
}

/** Runs a trainer process until it is done, or until it has reported the checkpoint of `killStep`. */
export async function live(command: RunCommand, killStep: number): Promise<Life> {
  const checkpoints: CheckpointReference[] = [];
  const losses = new Map<number, number>();
  let final: CheckpointReference | null = null;
  const child: ChildProcess = fork(trainerProcess, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise<void>((done, fail) => {
    child.on('message', (message: FromTrainer) => {
      if (message.kind === 'ready') child.send(command);
      const chunks =
        message.kind === 'checkpoint' || message.kind === 'metrics'
          ? message.chunks
          : message.kind === 'done' && message.outcome.kind === 'trained'
            ? message.outcome.metrics
            : [];
      for (const { name, firstStep, values } of chunks) {
        if (name === 'loss') for (const [i, value] of values.entries()) losses.set(firstStep + i, value);
      }
      if (message.kind === 'checkpoint') {
        checkpoints.push(message.checkpoint);
        if (message.checkpoint.step >= killStep) child.kill('SIGKILL');
      }
      if (message.kind === 'done') {
        final = expectOutcome(message.outcome, 'trained').checkpoint;
        child.kill('SIGKILL');
      }
    });
    child.on('error', fail);
    child.on('exit', () => done());
  });
  return { checkpoints, losses, final };
}

/** SHA-256 of a checkpoint's parameters and both moments. */
export function vectorHashes(reference: CheckpointReference | null, checkpointFolder: string): string[] {
  const { state } = readCheckpointState(resolve(checkpointFolder, reference?.uri ?? ''));
  return [state.parameters, state.firstMoment, state.secondMoment].map((vector) =>
    sha256(new Uint8Array(vector.buffer)),
  );
}
