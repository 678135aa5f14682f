import type { Progress } from '../../base/progress.ts';
import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { earlyStoppingShare, type StepShare } from '../../search/planning/early-stopping-share.ts';
import { trainingLength } from '../../search/planning/plan-trainings.ts';
import { dataDirectoryOf } from '../../services/data-directory.ts';
import type { StepSeconds } from '../../store/programs/program-speed.ts';
import { slotsOf } from '../../services/supervisor-settings.ts';
import { type CostPrediction, predictCost } from '../../sweep/predict-cost.ts';
import type { Speed } from '../../sweep/speed.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import type { FinishedTrainings } from './finished-trainings.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { readNumericsClass } from '../../train/engine/read-numerics-class.ts';
import { isTimingDue, keepTiming, loadOfCores, readSpeed, readTimings, speedKey } from './kept-speeds.ts';
import { ownDevice } from './predict-memory.ts';
import type { PreparedSweep } from '../prepare-sweep.ts';
import { probeSpeed } from './probe-speed.ts';

export interface Prediction {
  readonly cost: CostPrediction;
  /** Of the steps, what early stopping is expected to leave; null: it stops none. */
  readonly share: StepShare | null;
}

/** From this predicted time on, a machine is timed: before, that takes longer than it tells. */
const timedFromSeconds = 60;

export function predictionOf(
  prepared: PreparedSweep,
  done: FinishedTrainings | null,
  speed: Speed | null,
  programStep: StepSeconds | null = null,
): Prediction {
  const { plan, trainTokens, devTokens, setTokens, encoderParameters } = prepared;
  const { definition, trainings, adaptive_trainings: adaptive } = plan;
  const slots = Math.min(definition.parallelism, slotsOf(process.env));
  const count = adaptive ?? trainings.length;
  const first = kindsOf(trainings)[0]?.first;
  const length = first === undefined ? { steps: 0 } : trainingLength(first.specification);
  const share = earlyStoppingShare(definition, count, length);
  const cost = predictCost(plan, {
    ...{ trainTokens, devTokens, encoderParameters, slots, speed, done: done?.ofKind ?? new Map() },
    ...(programStep === null ? {} : { programStep }),
    ...(setTokens === undefined ? {} : { setTokens }),
    ...(share === null ? {} : { stepShare: share }),
  });
  return { cost, share };
}

/** The speed that this machine was timed at before; null: never with this base. */
export function keptSpeed({ plan }: PreparedSweep, environment: NodeJS.ProcessEnv): Speed | null {
  if (!traitsOf(plan.definition.trainer).base) return null;
  const key = speedKey(plan, classOfSlots(environment));
  return key === null ? null : readSpeed(dataDirectoryOf(environment), key);
}

/**
 * The same, timed now where it was not, or not lately, or under load alone, and the sweep is long enough to be worth
 * it. Other machines' slots are not timed.
 */
export async function timedSpeed(
  prepared: PreparedSweep,
  done: FinishedTrainings,
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<Speed | null> {
  const { plan } = prepared;
  const kept = keptSpeed(prepared, environment);
  const own = ownDevice(environment);
  const elsewhere = environment['DATABASE_URL'] !== undefined || (plan.definition.device ?? own) !== own;
  if (elsewhere || !traitsOf(plan.definition.trainer).base) return kept;
  if (predictionOf(prepared, done, kept).cost.highSeconds < timedFromSeconds) return kept;
  const mainPath = join(import.meta.dirname, '..', '..', 'train', 'process', 'trainer-process-main.js');
  const key = speedKey(plan, classOfSlots(environment));
  const dataDirectory = dataDirectoryOf(environment);
  const load = loadOfCores();
  if (key === null || !existsSync(mainPath)) return kept;
  if (!isTimingDue(readTimings(dataDirectory, key), new Date(), load)) return kept;
  progress(`timing this machine with ${plan.inputs.base.reference}${kept === null ? '' : ' again'}`);
  const speed = await probeSpeed(prepared, { mainPath, environment: slotEnvironment(environment) });
  if (speed !== null) keepTiming(dataDirectory, key, { at: new Date().toISOString(), load, speed });
  return readSpeed(dataDirectory, key);
}

/** As this machine's own worker gives them to its slots. */
function slotEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const threads = String(Math.max(1, Math.floor(availableParallelism() / slotsOf(environment))));
  return { ...environment, DROPSWEEP_THREADS: environment['DROPSWEEP_THREADS'] ?? threads };
}

function classOfSlots(environment: NodeJS.ProcessEnv): string {
  const { DROPSWEEP_THREADS: threads } = slotEnvironment(environment);
  return `${readNumericsClass(ownDevice(environment))} threads ${threads}`;
}
