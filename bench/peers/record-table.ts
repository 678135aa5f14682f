import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModel } from '../../src/hub/resolve-model.ts';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { spaceAxes } from '../../src/search/space/space-axes.ts';
import { engineShape } from '../../src/sweep/packing.ts';
import type { PlannedTraining } from '../../src/sweep/sweep-definition.ts';
import { type RecordedTable, readTable } from './recorded-table.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import type { SegmentReporter } from '../../src/train/process/segment-runner.ts';

/*
 * Trains the grid of recorded-table.yaml whole and keeps dev loss and accuracy of each point, for search.ts:
 * `node dist/bench/peers/record-table.js --base ./stories260K [--minutes 5]`. What stands in the table already is not
 * trained again, so that it can be made in several goes.
 */
const { values: options } = parseArgs({
  options: { base: { type: 'string', default: './stories260K' }, minutes: { type: 'string', default: '600' } },
});
const root = path.resolve(import.meta.dirname, '..', '..', '..');
const file = path.join(root, 'bench', 'peers', 'recorded-table.json');
process.env['DROPSWEEP_THREADS'] ??= '1';

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-table-'));
const sweepFile = path.join(folder, 'recorded-table.yaml');
const written = readFileSync(path.join(root, 'bench', 'peers', 'recorded-table.yaml'), 'utf8');
writeFileSync(sweepFile, written.replace('./stories260K', path.resolve(options.base)));
const definition = readSweepFile(sweepFile);
const { plan, datasets } = await prepareSweep(definition, (reference) => resolveModel(reference));
const axes = Object.fromEntries(spaceAxes(plan.definition).map(({ name, values }) => [name, values]));
const before: RecordedTable = existsSync(file)
  ? readTable(file)
  : { axes, columns: [...Object.keys(axes), 'loss', 'accuracy'], rows: [] };
const rows = [...before.rows];
const datasetFiles: Record<string, string> = {};
for (const { hash, content } of datasets) {
  datasetFiles[hash] = path.join(folder, `${hash}.jsonl.gz`);
  writeFileSync(datasetFiles[hash], content);
}
const runner = makeOnnxRunner();
const silent: SegmentReporter = {
  releaseRequested: false,
  progress: () => undefined,
  metrics: () => undefined,
  checkpoint: () => undefined,
  page: () => undefined,
  event: () => undefined,
  packing: () => undefined,
};
const known = new Set(rows.map((row) => row.slice(0, Object.keys(axes).length).join(' ')));
const deadline = performance.now() + 60_000 * Number(options.minutes);
let trained = 0;
// Those of one shape one after another: the slot keeps the engine that it has open.
const shapeOf = ({ specification }: PlannedTraining): string => engineShape(specification);
for (const training of [...plan.trainings].sort((a, b) => shapeOf(a).localeCompare(shapeOf(b)))) {
  const point = pointOf(training);
  if (known.has(point.join(' '))) continue;
  if (performance.now() > deadline) break;
  rows.push([...point, ...(await scoresOf(training))]);
  trained += 1;
  if (trained % 10 === 0) keep();
}
keep();
rmSync(folder, { recursive: true });
console.log(`${rows.length} of ${plan.trainings.length} trainings, ${trained} of them now`);
process.exit();

function keep(): void {
  const { axes: values, columns } = before;
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
  const [opening] = JSON.stringify({ axes: values, columns }, null, 1).split(/\n}$/);
  writeFileSync(file, `${opening},\n "rows": [\n${lines}\n ]\n}\n`);
}

function pointOf({ specification: { configuration } }: PlannedTraining): readonly number[] {
  const settings = new Map<string, unknown>(Object.entries(configuration));
  return Object.entries(axes).map(([name, values]) => values.findIndex((value) => value === settings.get(name)));
}

async function scoresOf({
  specification,
  training_hash: trainingHash,
  evaluations,
}: PlannedTraining): Promise<readonly (number | null)[]> {
  const common = { specification, trainingHash, trainingId: 't', rung: 0, attempt: 1 };
  const lease = { segmentId: 's', epoch: 1 };
  const command = {
    ...{ kind: 'run' as const, checkpointFolder: folder, storeId: 'table', datasetFiles },
    ...{ modelFolder: specification.base.folder, checkpointEverySeconds: 3_600 },
  };
  const train = { ...common, lease, kind: 'train' as const, checkpoint: null, pack: 1 };
  const end = await runner.run({ ...command, segment: { ...train, endStep: specification.total_steps } }, silent);
  if (end.kind === 'failed') return [null, null];
  if (end.kind !== 'trained') throw new Error(`a training has ${end.kind}`);
  const [wanted] = evaluations;
  if (wanted === undefined) throw new Error('a training without an evaluation');
  const { evaluation_hash: evaluationId, configuration, dataset } = wanted;
  const pending = [{ evaluationId, configuration, dataset, storedMembers: [] }];
  const segment = { ...common, lease, kind: 'evaluate' as const, checkpoint: end.checkpoint, evaluations: pending };
  const scored = await runner.run({ ...command, segment }, silent);
  if (scored.kind === 'failed') return [null, null];
  if (scored.kind !== 'evaluated') throw new Error(`an evaluation has ${scored.kind}`);
  const { loss, accuracy } = scored.results[0]?.metrics ?? {};
  return [loss, accuracy].map((value) => (typeof value === 'number' ? Number(value.toPrecision(6)) : null));
}
