import { setTimeout as sleep } from 'node:timers/promises';
import { DropsweepError } from '../../../src/base/errors.ts';
import { stream } from '../../../src/random/stream.ts';
import { type Asked, askTraining } from '../../../src/store/programs/ask-training.ts';
import { isTransient, type Store } from '../../../src/store/database/open-store.ts';
import { type Answer, keepTraining, reportTraining, tellTraining } from '../../../src/store/programs/tell-training.ts';
import { askedValues, isInfeasiblePoint } from './asked-values.ts';

type Training = Extract<Asked, { kind: 'training' }>;

/** Shorter than a freeze may last. */
const leaseSeconds = 8;

/** Asks for trainings of whichever sweep has some, and works on one after the other until the process is ended. */
export async function askForEver(store: Store, seed: number): Promise<never> {
  for (;;) {
    try {
      const training = await nextTraining(store);
      if (training === null) await sleep(250);
      else await new Asker(store, training, seed).work();
    } catch (error) {
      // Another has taken over; or the network was away for longer than a transaction is tried.
      const isLost = error instanceof DropsweepError && error.code === 'LEASE_LOST';
      if (!isLost && !isTransient(error)) throw error;
      await sleep(100);
    }
  }
}

async function nextTraining(store: Store): Promise<Training | null> {
  const sweeps = await store.db
    .selectFrom('sweeps')
    .select('name')
    .where('trainer', '=', 'asked')
    .where('state', '=', 'running')
    .execute();
  for (const { name: sweep } of sweeps) {
    const asked = await askTraining(store, { sweep, leaseSeconds, who: `asker ${process.pid}` });
    if (asked.kind === 'training') return asked;
  }
  return null;
}

/** A program with one training: it says some things twice, one after the other or at once, and gives some back. */
class Asker {
  readonly #store: Store;
  readonly #training: Training;
  readonly #draw: (what: string, step: number) => number;

  constructor(store: Store, training: Training, seed: number) {
    this.#store = store;
    this.#training = training;
    this.#draw = (what, step) => stream(seed, 'asker', training.lease, what, step).uniforms(1)[0] ?? 0;
  }

  async work(): Promise<void> {
    const { lease, configuration, steps, step: first, report_at: firstReport } = this.#training;
    if (isInfeasiblePoint(configuration)) {
      await this.#twice(first, () =>
        tellTraining(this.#store, lease, { kind: 'failed', outcome: 'infeasible', message: 'x' }),
      );
      return;
    }
    let [step, reportAt] = [first, firstReport];
    for (;;) {
      await sleep(20 + 60 * this.#draw('pace', step));
      const between = Math.floor((step + reportAt) / 2);
      if (between > step && (await this.#report(between)).answer === 'stop') return;
      if (this.#draw('alive', step) < 0.2) await keepTraining(this.#store, lease, leaseSeconds);
      if (this.#draw('give back', step) < 0.05) {
        await tellTraining(this.#store, lease, { kind: 'given_back' });
        return;
      }
      if (reportAt === steps) {
        const values = askedValues(configuration, steps);
        await this.#twice(steps, () => tellTraining(this.#store, lease, { kind: 'result', values }));
        return;
      }
      const answer = await this.#report(reportAt);
      if (answer.answer === 'stop') return;
      [step, reportAt] = [reportAt, answer.report_at];
    }
  }

  #report(step: number): Promise<Answer> {
    const { lease, configuration } = this.#training;
    const values = askedValues(configuration, step);
    return this.#twice(step, () => reportTraining(this.#store, lease, { step, values, leaseSeconds }));
  }

  /** The answer may have been lost: the same is told again. @throws where it is answered otherwise */
  async #twice(step: number, tell: () => Promise<Answer>): Promise<Answer> {
    const how = this.#draw('again', step);
    if (how > 0.4) return tell();
    const answers = how > 0.2 ? [await tell(), await tell()] : await Promise.all([tell(), tell()]);
    const [first, second] = answers;
    if (first === undefined || first.answer !== second?.answer)
      throw new Error(`told twice, of step ${step}, and answered ${JSON.stringify(answers)}`);
    return first;
  }
}
