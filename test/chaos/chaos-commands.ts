import { assertNever } from '../../src/base/assert-never.ts';
import { stream } from '../../src/random/stream.ts';

export type ChaosCommand =
  | { readonly kind: 'pause' | 'resume' | 'cancel'; readonly sweep: number }
  | { readonly kind: 'resize'; readonly sweep: number; readonly parallelism: number }
  | { readonly kind: 'kill_trainer' | 'kill_train_worker'; readonly which: number }
  | { readonly kind: 'kill_control_worker' | 'kill_temporal' | 'kill_postgres' | 'kill_everything' | 'lose_temporal' }
  | { readonly kind: 'nothing' };

export interface ChaosStep {
  readonly command: ChaosCommand;
  /** How long a killed process stays down. */
  readonly downMs: number;
  /** From this command to the next. */
  readonly pauseMs: number;
}

const weights: readonly (readonly [ChaosCommand['kind'], number])[] = [
  ['pause', 10],
  ['resume', 16],
  ['resize', 14],
  ['cancel', 5],
  ['kill_trainer', 16],
  ['kill_train_worker', 10],
  ['kill_control_worker', 8],
  ['kill_temporal', 5],
  ['kill_postgres', 5],
  ['kill_everything', 1],
  ['lose_temporal', 1],
  ['nothing', 9],
];

/** The i-th command of a seed: drawn from its own stream, so that the first hundred of a thousand are the hundred. */
export function chaosStep(seed: number, index: number): ChaosStep {
  const [pick = 0, target = 0, amount = 0, down = 0, pause = 0] = stream(seed, 'chaos', index).uniforms(5);
  return {
    command: commandOf(kindOf(pick), target, amount),
    downMs: 2_000 * down ** 2,
    pauseMs: 50 + 900 * pause ** 2,
  };
}

function kindOf(pick: number): ChaosCommand['kind'] {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = pick * total;
  for (const [kind, weight] of weights) {
    rest -= weight;
    if (rest < 0) return kind;
  }
  return 'nothing';
}

function commandOf(kind: ChaosCommand['kind'], target: number, amount: number): ChaosCommand {
  const number = Math.floor(target * 1_000);
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return { kind, sweep: number };
    case 'resize':
      return { kind, sweep: number, parallelism: 1 + Math.floor(amount * 5) };
    case 'kill_trainer':
    case 'kill_train_worker':
      return { kind, which: number };
    case 'kill_control_worker':
    case 'kill_temporal':
    case 'kill_postgres':
    case 'kill_everything':
    case 'lose_temporal':
    case 'nothing':
      return { kind };
    default:
      return assertNever(kind, 'chaos command');
  }
}
