import type { FormatFlags } from '../../verb-parameters.ts';
import { randomUUID } from 'node:crypto';
import { DropsweepError } from '../../../base/errors.ts';
import { commandSweep } from '../../../store/commands.ts';
import { migrate } from '../../../store/database/migrate.ts';
import { sweepNameExpected, sweepNamePattern } from '../../../sweep/file/read-name.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { type CliContext, note, progressOf, say } from '../../cli-context.ts';
import { demandDetached } from '../../verb-parameters.ts';
import { startedMachine } from '../../../launch/machine.ts';
import { withMachineRecord } from '../../../launch/open-record.ts';
import { readSweepFile } from '../../../launch/read-sweep-file.ts';
import { wake } from '../../../launch/wake.ts';
import { finish, launchDefinition } from '../launch/launch.ts';

export interface ResumeFlags extends FormatFlags {
  readonly extend?: string;
  readonly fork?: string;
  readonly detach: boolean;
}

export async function resume(this: CliContext, flags: ResumeFlags, sweep?: string): Promise<void> {
  const { extend, fork, detach, format } = flags;
  demandDetached(format, detach, '--detach');
  if (extend !== undefined && fork !== undefined) {
    throw new DropsweepError('USAGE', '--extend and --fork are two ways', { expected: 'one of them' });
  }
  if (extend !== undefined) {
    const definition = readSweepFile(extend);
    if (sweep !== undefined && sweep !== definition.name) throw otherName(sweep, definition.name);
    await launchDefinition(this, definition, { detach, format, extend: true, file: extend });
    return;
  }
  if (fork !== undefined) {
    if (sweep === undefined) {
      throw new DropsweepError('USAGE', 'a fork needs a name', { expected: 'dropsweep resume NEW-NAME --fork FILE' });
    }
    if (!sweepNamePattern.test(sweep)) {
      throw new DropsweepError('USAGE', 'no name for a sweep', { got: sweep, expected: sweepNameExpected });
    }
    await launchDefinition(
      this,
      { ...readSweepFile(fork), name: sweep },
      {
        ...{ detach, format, extend: false, file: fork },
      },
    );
    return;
  }
  await goOn(this, flags, sweep);
}

async function goOn(context: CliContext, { detach, format }: ResumeFlags, sweep: string | undefined): Promise<void> {
  const machine = await startedMachine(progressOf(context));
  await withMachineRecord(machine, async (record) => {
    await migrate(record.store);
    const name = await chooseSweep(record.store, sweep);
    const { sweepId, changed } = await commandSweep(record.store, name, randomUUID(), { kind: 'resume' });
    if (changed) await wake(record, sweepId);
    const text = changed ? `${name}: going on` : `${name}: nothing to resume, it was not stopped`;
    (format === 'table' ? say : note)(context, text);
    await finish(context, { record, machine, name, detach, format }, () => ({ sweep: name, changed }));
  });
}

function otherName(sweep: string, inFile: string): DropsweepError {
  return new DropsweepError('USAGE', 'the file describes a sweep of another name', {
    got: inFile,
    expected: sweep,
    fix: 'name the file’s sweep, or use --fork to launch it under a new name',
  });
}
