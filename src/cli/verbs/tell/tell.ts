import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import {
  type Answer,
  keepTraining,
  reportTraining,
  tellTraining,
  type Told,
} from '../../../store/programs/tell-training.ts';
import { type CliContext, sayData } from '../../cli-context.ts';
import { readValues } from '../../reading/read-values.ts';

export interface TellFlags {
  readonly step?: number;
  readonly leaseSeconds: number;
  readonly failed?: string;
  readonly diverged?: string;
  readonly infeasible?: string;
  readonly giveBack: boolean;
  readonly alive: boolean;
}

export async function tell(this: CliContext, flags: TellFlags, lease = '', ...words: string[]): Promise<void> {
  const { step, leaseSeconds } = flags;
  const told = toldBy(flags, words);
  await withRecord(async ({ store }) => {
    const tellIt = (): Promise<Answer> => {
      if (told.kind === 'alive') return keepTraining(store, lease, leaseSeconds);
      if (step === undefined || told.kind !== 'result') return tellTraining(store, lease, told);
      return reportTraining(store, lease, { step, values: told.values, leaseSeconds });
    };
    sayData(this, JSON.stringify(await tellIt()));
  });
}

/** What is told: an end, the values of a step, or that the training is worked on. */
function toldBy(flags: TellFlags, words: readonly string[]) {
  const { step, giveBack, alive } = flags;
  const ways: readonly (Told | { readonly kind: 'alive' })[] = [
    ...(words.length === 0 ? [] : [{ kind: 'result' as const, values: readValues(words) }]),
    ...failuresIn(flags),
    ...(giveBack ? [{ kind: 'given_back' as const }] : []),
    ...(alive ? [{ kind: 'alive' as const }] : []),
  ];
  const [way] = ways;
  const ofStep = step === undefined || way?.kind === 'result';
  if (way !== undefined && ways.length === 1 && ofStep) return way;
  throw new DropsweepError('USAGE', 'one thing is told at a time', {
    got: way === undefined ? 'none' : ways.map(({ kind }) => kind).join(' and '),
    expected:
      'METRIC=VALUE..., of a --step or at the end, or one of --failed, --diverged, --infeasible, --give-back, --alive',
  });
}

function failuresIn({ failed, diverged, infeasible }: TellFlags): readonly Told[] {
  const reasons = { crashed: failed, diverged, infeasible };
  return (['crashed', 'diverged', 'infeasible'] as const).flatMap((outcome): readonly Told[] => {
    const message = reasons[outcome];
    return message === undefined ? [] : [{ kind: 'failed', outcome, message }];
  });
}
