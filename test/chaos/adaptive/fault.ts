import { assertNever } from '../../../src/base/assert-never.ts';
import { stream } from '../../../src/random/stream.ts';

/**
 * Processes that are killed and frozen. `home worker` is the supervisor's own; `backend` serves one connection; a `client`
 * asks for trainings, or carries out what a person wants of a sweep.
 */
export const targets = [
  'supervisor',
  'home worker',
  'control worker',
  'train worker',
  'trainer',
  'client',
  'postgres',
  'backend',
  'temporal',
] as const;
export type Target = (typeof targets)[number];
export type Server = 'postgres' | 'temporal';

/** What people change of a sweep while it runs, by clients that meet the same faults. */
export const edits = ['extend', 'parallelism', 'budget'] as const;
export type Edit = (typeof edits)[number];

export type Fault =
  | { readonly kind: 'kill'; readonly target: Target; readonly which: number; readonly downMs: number }
  | { readonly kind: 'freeze'; readonly target: Target; readonly which: number; readonly forMs: number }
  | { readonly kind: 'cut'; readonly server: Server; readonly share: number }
  | { readonly kind: 'lose answers'; readonly server: Server }
  | { readonly kind: 'stall' | 'refuse'; readonly server: Server; readonly forMs: number }
  | { readonly kind: 'restart postgres' | 'lose temporal' }
  | { readonly kind: 'edit'; readonly edit: Edit; readonly which: number; readonly share: number };

export interface FaultStep {
  readonly fault: Fault;
  /** From this fault to the next. */
  readonly pauseMs: number;
}

const kinds: readonly (readonly [weight: number, kind: Fault['kind'], of: Target | Server | Edit | null])[] = [
  [3, 'kill', 'supervisor'],
  [3, 'kill', 'home worker'],
  [5, 'kill', 'control worker'],
  [9, 'kill', 'train worker'],
  [14, 'kill', 'trainer'],
  [2, 'kill', 'postgres'],
  [2, 'kill', 'backend'],
  [3, 'kill', 'temporal'],
  [6, 'kill', 'client'],
  [5, 'freeze', 'client'],
  [3, 'freeze', 'supervisor'],
  [3, 'freeze', 'home worker'],
  [4, 'freeze', 'control worker'],
  [6, 'freeze', 'train worker'],
  [9, 'freeze', 'trainer'],
  [3, 'freeze', 'postgres'],
  [5, 'freeze', 'backend'],
  [3, 'freeze', 'temporal'],
  [8, 'cut', 'postgres'],
  [6, 'cut', 'temporal'],
  [8, 'lose answers', 'postgres'],
  [4, 'lose answers', 'temporal'],
  [5, 'stall', 'postgres'],
  [5, 'stall', 'temporal'],
  [3, 'refuse', 'postgres'],
  [3, 'refuse', 'temporal'],
  [2, 'restart postgres', null],
  [1, 'lose temporal', null],
  [3, 'edit', 'extend'],
  [4, 'edit', 'parallelism'],
  [4, 'edit', 'budget'],
];

/** The i-th fault of a seed: drawn from its own stream, so that the first hundred of a thousand are the hundred. */
export function faultStep(seed: number, index: number): FaultStep {
  const draws = stream(seed, 'adaptive_chaos', index).uniforms(6);
  const [pick = 0, which = 0, amount = 0, long = 0, pause = 0, share = 0] = draws;
  const [, kind, of] = kindOf(pick);
  // One in twelve is frozen beyond its lease, which is 30 s: another adopts what it works on, and then it goes on.
  const forMs = long < 1 / 12 && isWorking(of) ? 31_000 + 4_000 * amount : 100 + 3_000 * amount ** 2;
  return {
    fault: faultOf(kind, of, { which: Math.floor(1_000 * which), downMs: 2_000 * amount ** 2, forMs, share }),
    pauseMs: 50 + 1_200 * pause ** 2,
  };
}

function isWorking(of: Target | Server | Edit | null): boolean {
  return of === 'train worker' || of === 'trainer' || of === 'home worker' || of === 'client';
}

function kindOf(pick: number): (typeof kinds)[number] {
  let rest = pick * kinds.reduce((sum, [weight]) => sum + weight, 0);
  for (const kind of kinds) {
    rest -= kind[0];
    if (rest < 0) return kind;
  }
  throw new RangeError(`no fault at ${pick}`);
}

interface Amounts {
  readonly which: number;
  readonly downMs: number;
  readonly forMs: number;
  readonly share: number;
}

function faultOf(
  kind: Fault['kind'],
  of: Target | Server | Edit | null,
  { which, downMs, forMs, share }: Amounts,
): Fault {
  const server: Server = of === 'temporal' ? 'temporal' : 'postgres';
  const target = targets.find((each) => each === of) ?? 'trainer';
  switch (kind) {
    case 'kill':
      return { kind, target, which, downMs };
    case 'freeze':
      return { kind, target, which, forMs };
    case 'cut':
      return { kind, server, share };
    case 'lose answers':
      return { kind, server };
    case 'stall':
    case 'refuse':
      return { kind, server, forMs };
    case 'restart postgres':
    case 'lose temporal':
      return { kind };
    case 'edit':
      return { kind, edit: edits.find((each) => each === of) ?? 'parallelism', which, share };
    default:
      return assertNever(kind, 'fault');
  }
}

export function nameOf(fault: Fault): string {
  if ('edit' in fault) return `edit ${fault.edit}`;
  if ('target' in fault) return `${fault.kind} ${fault.target}`;
  return 'server' in fault ? `${fault.kind} ${fault.server}` : fault.kind;
}
