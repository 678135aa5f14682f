import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { peftAdapter } from '../../report/peft-adapter.ts';
import { renderReport } from '../../report/render-report.ts';
import { trialsReport } from '../../report/trials-report.ts';
import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import { readSweepProvenance } from '../../store/sweep-list.ts';
import { writeSafetensors } from '../../formats/write-safetensors.ts';
import { type CliContext, note, say } from '../cli-context.ts';
import { type OpenRecord, withRecord } from '../open-record.ts';
import { readWholeSweep } from '../read-report.ts';
import { trainedTrial } from '../trained-trial.ts';

interface ExportFlags {
  readonly format: 'json' | 'csv';
  readonly adapter?: number;
  readonly out?: string;
}

export async function exportSweep(this: CliContext, flags: ExportFlags, sweep?: string): Promise<void> {
  await withRecord(async (record) => {
    const snapshot = await readWholeSweep(record.store, sweep);
    if (flags.adapter !== undefined) {
      await exportAdapter(this, record, snapshot, { trial: flags.adapter, out: flags.out });
      return;
    }
    const { launchedBy, canonicalHash, mergedPoints, theoryConstants } = await readSweepProvenance(
      record.store,
      snapshot.name,
    );
    const report = trialsReport(snapshot);
    const provenance = {
      launched_by: { ...launchedBy },
      launched_at: snapshot.createdAt.toISOString(),
      canonical_hash: canonicalHash,
      merged_points: mergedPoints,
      theory_constants: theoryConstants === null ? null : { ...theoryConstants },
    };
    const text = renderReport({ ...report, facts: { ...report.facts, ...provenance } }, flags.format, 0);
    if (flags.out === undefined) {
      say(this, text);
      return;
    }
    await writeFile(flags.out, text);
    note(this, `Wrote ${snapshot.trials.length} trials to ${flags.out}`);
  });
}

interface AdapterRequest {
  readonly trial: number;
  readonly out: string | undefined;
}

async function exportAdapter(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  { trial: number, out }: AdapterRequest,
): Promise<void> {
  if (out === undefined) {
    throw new DropsweepError('USAGE', 'an adapter is a folder', {
      where: '--out',
      expected: '--adapter TRIAL --out FOLDER',
    });
  }
  const { trial, checkpoint } = await trainedTrial(record, snapshot, number);
  const { base, name } = snapshot.definition;
  const adapter = peftAdapter(checkpoint, trial, base);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'adapter_model.safetensors'), writeSafetensors(adapter.tensors, { format: 'pt' }));
  await writeFile(join(out, 'adapter_config.json'), `${JSON.stringify(adapter.config, null, 2)}\n`);
  const { launchedBy } = await readSweepProvenance(record.store, name);
  const about = {
    sweep: name,
    trial: number,
    training_hash: trial.trainingHash,
    numerics_class: trial.numericsClass,
    update_scale: adapter.updateScale,
    configuration: trial.configuration,
    evaluation: trial.evaluation,
    metrics: trial.metrics,
    launched_by: launchedBy,
  };
  await writeFile(join(out, 'dropsweep.json'), `${JSON.stringify(about, null, 2)}\n`);
  note(
    context,
    `Wrote trial ${number}'s adapter to ${out}: adapter_model.safetensors, adapter_config.json, dropsweep.json`,
  );
  if (adapter.updateScale !== 1)
    note(
      context,
      `B is multiplied by ${adapter.updateScale}, (1 − p)²: PEFT computes the expected update, without masks.`,
    );
}
