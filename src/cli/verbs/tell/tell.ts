import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { reportTraining, tellTraining, type Told } from '../../../store/programs/tell-training.ts';
import { type CliContext, sayData } from '../../cli-context.ts';
import { readValues } from '../../reading/read-values.ts';

export interface TellFlags {
  readonly step?: number;
  readonly leaseSeconds: number;
  readonly failed?: string;
  readonly infeasible?: string;
  readonly giveBack: boolean;
}

export async function tell(this: CliContext, flags: TellFlags, lease = '', ...words: string[]): Promise<void> {
  const { step, leaseSeconds } = flags;
  const told = toldBy(flags, words);
  await withRecord(async ({ store }) => {
    const answer =
      step !== undefined && told.kind === 'result'
        ? await reportTraining(store, lease, { step, values: told.values, leaseSeconds })
        : await tellTraining(store, lease, told);
    sayData(this, JSON.stringify(answer));
  });
}

function toldBy({ step, failed, infeasible, giveBack }: TellFlags, words: readonly string[]): Told {
  const ways: readonly Told[] = [
    ...(words.length === 0 ? [] : [{ kind: 'result' as const, values: readValues(words) }]),
    ...(failed === undefined ? [] : [{ kind: 'failed' as const, outcome: 'crashed' as const, message: failed }]),
    ...(infeasible === undefined
      ? []
      : [{ kind: 'failed' as const, outcome: 'infeasible' as const, message: infeasible }]),
    ...(giveBack ? [{ kind: 'given_back' as const }] : []),
  ];
  const [way] = ways;
  const ofStep = step === undefined || way?.kind === 'result';
  if (way !== undefined && ways.length === 1 && ofStep) return way;
  throw new DropsweepError('USAGE', 'a training ends in one way', {
    got: way === undefined ? 'none' : ways.map(({ kind }) => kind).join(' and '),
    expected: 'METRIC=VALUE..., of a --step or at the end, or one of --failed, --infeasible, --give-back',
  });
}
