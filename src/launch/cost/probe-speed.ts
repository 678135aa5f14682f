import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../base/sha256.ts';
import { freezeRows, thawRows } from '../../data/frozen-rows.ts';
import type { EvaluateSegment, MetricChunk, Segment, SegmentOutcome, TrainSegment } from '../../sweep/segment.ts';
import type { SecondsPerToken, Speed } from '../../sweep/speed.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import type { DatasetReference, TrainingSpecification } from '../../sweep/vocabulary.ts';
import { TrainerSlot } from '../../worker/slots/trainer-slot.ts';
import type { PreparedSweep } from '../prepare-sweep.ts';

/** The first warms caches; the others are timed. */
const steps = 5;
const scoredRows = 32;
/** A probe that takes longer than this is given up: the prediction is by tokens then. */
const patienceMs = 120_000;

interface ProbeOptions {
  /** Of the trainer process, built. */
  readonly mainPath: string;
  readonly environment: NodeJS.ProcessEnv;
}

type Timed = Pick<PreparedSweep, 'plan' | 'datasets' | 'trainTokens' | 'devTokens'>;

/**
 * Times the first training of a plan in a slot's own trainer process: a few steps, and a pass over some dev rows. Leaves
 * nothing behind. Null: it did not come to an end, for whatever reason the trainings themselves will tell.
 */
export async function probeSpeed(prepared: Timed, { mainPath, environment }: ProbeOptions): Promise<Speed | null> {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-probe-'));
  const files: Record<string, string> = {};
  const few = (wanted: DatasetReference, count: number): DatasetReference => {
    const content = prepared.datasets.find(({ hash }) => hash === wanted.hash)?.content ?? new Uint8Array();
    const { bytes, ...reference } = freezeRows(thawRows(content, wanted.hash).slice(0, count));
    files[reference.hash] = join(folder, `${reference.hash}.jsonl.gz`);
    writeFileSync(files[reference.hash] ?? '', bytes);
    return reference;
  };
  const slot = new TrainerSlot({
    ...{ slot: 0, mainPath, environment, stallMs: patienceMs, releaseMs: 1_000, terminateMs: 1_000 },
    prepare: async (segment: Segment) => ({
      ...{ kind: 'run', segment, checkpointFolder: folder, storeId: 'probe', datasetFiles: files },
      ...{ modelFolder: prepared.plan.inputs.base.folder, checkpointEverySeconds: 3_600 },
    }),
  });
  const late = setTimeout(() => slot.kill(), patienceMs);
  try {
    return await timeSlot(prepared, slot, few);
  } finally {
    clearTimeout(late);
    await slot.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeSlot(
  { plan, trainTokens, devTokens }: Timed,
  slot: TrainerSlot,
  few: (wanted: DatasetReference, count: number) => DatasetReference,
): Promise<Speed | null> {
  const [kind] = kindsOf(plan.trainings);
  if (kind === undefined) return null;
  const { selection: _selection, ...planned } = kind.first.specification;
  const { batch_size: batch, train_instances: instances, max_length: longest } = planned.configuration;
  const train = few(plan.inputs.train, 2 * batch);
  const configuration = { ...planned.configuration, keep: 'last' as const };
  const specification: TrainingSpecification = { ...planned, configuration, train, total_steps: steps };
  const chunks: MetricChunk[] = [];
  const trained = await slot.run(trainSegment(specification), (news) => {
    if ('chunks' in news) chunks.push(...news.chunks);
  });
  if (trained.kind !== 'trained') return null;
  const stepSeconds = [...chunks, ...trained.metrics]
    .filter(({ name }) => name === 'step_seconds')
    .flatMap(({ values }) => [...values])
    .slice(1);
  const dev = few(plan.inputs.dev, scoredRows);
  const scoring = evaluateSegment(specification, trained, dev);
  // The first pass opens what the others find open.
  await slot.run(scoring, () => undefined);
  const scored = await slot.run(scoring, () => undefined);
  if (scored.kind !== 'evaluated' || stepSeconds.length === 0) return null;
  const perStep = instances * Math.min(batch, train.rows) * Math.min(trainTokens, longest);
  const perPass = (dev.rows + Math.min(dev.rows, train.rows)) * Math.min(devTokens, longest);
  return {
    trained: rangeOf(stepSeconds.map((seconds) => seconds / perStep)),
    scored: rangeOf([scored.evaluateSeconds / perPass]),
  };
}

/** Steps of other lengths, and slots beside one another, spread wider than a few steps alone. */
function rangeOf(seconds: readonly number[]): SecondsPerToken {
  return { low: 0.8 * Math.min(...seconds), high: 1.5 * Math.max(...seconds) };
}

const identity = (specification: TrainingSpecification) => ({
  trainingId: 'probe',
  trainingHash: sha256(`probe ${specification.train.hash}`),
  rung: steps,
  specification,
  attempt: 1,
});

function trainSegment(specification: TrainingSpecification): TrainSegment {
  const lease = { segmentId: 'probe-train', epoch: 1 };
  return { ...identity(specification), kind: 'train', lease, checkpoint: null, endStep: steps, pack: 1 };
}

function evaluateSegment(
  specification: TrainingSpecification,
  { checkpoint }: Extract<SegmentOutcome, { kind: 'trained' }>,
  dataset: DatasetReference,
): EvaluateSegment {
  const configuration = { split: 'dev', mode: 'raw', dropout_rate: 0, ensemble_size: 1, mask_seed: 0 } as const;
  const evaluation = { evaluationId: 'probe', configuration: { ...configuration, aggregate: 'logits' as const } };
  const lease = { segmentId: 'probe-evaluate', epoch: 1 };
  const evaluations = [{ ...evaluation, dataset, storedMembers: [] }];
  return { ...identity(specification), kind: 'evaluate', lease, checkpoint, evaluations };
}
