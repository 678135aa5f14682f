import { formatCount } from '../../../base/format-count.ts';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DropsweepError } from '../../../base/errors.ts';
import { writePeftAdapter } from '../../../export/write-peft-adapter.ts';
import { type OpenRecord, withRecord } from '../../../launch/open-record.ts';
import { readSweepFile } from '../../../launch/read-sweep-file.ts';
import { measure, measureText } from '../../../metrics/metrics.ts';
import { configurationScores } from '../../../report/configuration-scores.ts';
import { rankScores } from '../../../report/judgement.ts';
import type { SweepSnapshot, TrialRow } from '../../../store/sweep-snapshot.ts';
import { headingOf } from '../../../tasks/task-metrics.ts';
import { type CliContext, note, say } from '../../cli-context.ts';
import { demandFree } from '../../demand-free.ts';
import { exportedTrial } from '../../exported-trial.ts';
import { readWholeSweep } from '../../read-report.ts';
import { writeStarter } from '../init/init.ts';
import { launchDefinition } from '../launch/launch.ts';
import type { AutoFlags } from './auto-flags.ts';

export async function auto(this: CliContext, flags: AutoFlags): Promise<void> {
  const { data, out, hours, force } = flags;
  const [file, adapter] = [join(out, 'sweep.yaml'), join(out, 'adapter')];
  demandFree(adapter, force);
  if (data === undefined) {
    throw new DropsweepError('USAGE', 'no data is named', {
      where: '--data',
      expected: 'a file of texts and labels: CSV, TSV, JSON, JSON lines or Parquet',
    });
  }
  mkdirSync(out, { recursive: true });
  if (!existsSync(file)) await writeStarter({ ...flags, data, out: file, hours });
  else note(this, `${file} is there already, and is what runs`);
  const definition = readSweepFile(file);
  await launchDefinition(this, definition, { detach: false, extend: false, file });
  await withRecord(async (record) => {
    const snapshot = await readWholeSweep(record.store, definition.name);
    if (snapshot.state !== 'completed') {
      note(
        this,
        `${definition.name} is ${snapshot.state}: the same command exports its best adapter when it has ended`,
      );
      return;
    }
    await exportBest(this, record, snapshot, adapter);
  });
}

/** The best configuration over its seeds, and of those the seed in the middle: the luckiest would promise too much. */
async function exportBest(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  adapter: string,
): Promise<void> {
  const [objective] = snapshot.definition.objectives;
  const [winner] = objective === undefined ? [] : rankScores(configurationScores(snapshot.trials), objective);
  const trial = objective === undefined || winner === undefined ? undefined : middle(winner.trials, objective.metric);
  if (objective === undefined || trial === undefined) {
    throw new DropsweepError('USAGE', 'no training came to its end within the time', {
      where: snapshot.name,
      fix: 'give it more hours, or see why: dropsweep show',
    });
  }
  rmSync(adapter, { recursive: true, force: true });
  const { files } = await writePeftAdapter(await exportedTrial(record, snapshot, trial.trial), adapter);
  const value = `${headingOf(snapshot.definition, objective.metric)} ${measureText(trial, objective.metric)}`;
  say(
    context,
    `The best configuration's adapter, of trial ${trial.trial} (${value}): ${adapter}, ${formatCount(files.length, 'file')}.`,
  );
  say(context, `New rows: dropsweep predict ${snapshot.name} --trial ${trial.trial} FILE`);
}

function middle(trials: readonly TrialRow[], metric: string): TrialRow | undefined {
  const scored = trials
    .flatMap((trial) => {
      const value = measure(trial, metric);
      return value === null ? [] : [{ trial, value }];
    })
    .sort((a, b) => a.value - b.value);
  return scored[Math.floor(scored.length / 2)]?.trial;
}
