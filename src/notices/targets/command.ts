import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DropsweepError } from '../../base/errors.ts';
import type { NoticePayload } from '../payload.ts';
import type { DeliveryResult, TargetKind } from '../target-kind.ts';

const limitMs = 60_000;
/** Of what it writes to its standard error. */
const keptWords = 300;

/**
 * Runs the command in a group of its own that ends with it, at its limit, and with whoever started it: a guard reads from
 * a pipe that closes when that process is gone, however it went.
 */
const guarded = '(read -r _ <&3; kill -9 0) >/dev/null 2>&1 & exec 3<&-; exec sh -c "$1"';

/** A shell command of the host that set it, with the payload as JSON on its standard input. */
export const command: TargetKind = {
  name: 'command',
  ownHost: true,
  limitMs,
  check(address) {
    if (address.trim() !== '') return;
    throw new DropsweepError('USAGE', 'the command is empty', { where: '--command', expected: 'a shell command' });
  },
  // Arguments may hold a token.
  shown: (address) => {
    const [first = '', ...rest] = address.trim().split(/\s+/);
    return rest.length === 0 ? first : `${first} …`;
  },
  deliver: ({ address, folder }, payload, signal) => runCommand(address, { folder, payload, limitMs, signal }),
};

interface CommandRun {
  readonly folder: string | null;
  readonly payload: NoticePayload;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Status 0 is a delivery. At the limit the whole group is killed. */
export async function runCommand(
  text: string,
  { folder, payload, limitMs: limit, signal }: CommandRun,
): Promise<DeliveryResult> {
  const child = spawn('sh', ['-c', guarded, 'sh', text], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    ...(folder === null ? {} : { cwd: folder }),
    env: {
      ...process.env,
      DROPSWEEP_NOTICE: JSON.stringify(payload),
      DROPSWEEP_NOTICE_ID: payload.id,
      DROPSWEEP_NOTICE_SWEEP: payload.sweep,
      DROPSWEEP_NOTICE_CONDITION: payload.condition,
      DROPSWEEP_NOTICE_TEXT: payload.text,
    },
  });
  const { pid } = child;
  const endGroup = (): void => {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      return; // The group is gone.
    }
  };
  const { stdin, stderr } = child;
  // A command that does not read its input is no failure.
  stdin?.on('error', () => undefined);
  stdin?.end(JSON.stringify(payload));
  let words = '';
  stderr?.on('data', (bytes: Buffer) => (words = `${words}${bytes.toString()}`.slice(-keptWords)));
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    endGroup();
  }, limit);
  signal.addEventListener('abort', endGroup);
  try {
    const [status]: unknown[] = await once(child, 'exit');
    if (status === 0) return { kind: 'delivered' };
    const problem = over
      ? `it was ended after ${limit / 1_000} s`
      : `it ended with ${typeof status === 'number' ? `status ${status}` : 'a signal'}${words.trim() === '' ? '' : `: ${words.trim()}`}`;
    return { kind: 'failed', problem, again: true };
  } catch (error) {
    // The shell could not be started: the folder is gone, for instance.
    return { kind: 'failed', problem: error instanceof Error ? error.message : 'no shell', again: true };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', endGroup);
    endGroup();
  }
}
