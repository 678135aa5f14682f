import type { NoticePayload } from './payload.ts';

/** A way in which a notice reaches somebody. */
export interface Target {
  readonly kind: string;
  /** The URL, or the command. May hold a secret: only `shown` of it is written anywhere. */
  readonly address: string;
  /** The host that alone may deliver; null: any. */
  readonly host: string | null;
  /** The folder that a command runs in; null: there is none. */
  readonly folder: string | null;
}

/** How an attempt at delivering ended. */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'failed';
      /** For people: without the address. */
      readonly problem: string;
      /** Whether another attempt may help. */
      readonly again: boolean;
    };

export interface TargetKind {
  readonly name: string;
  /** Whether only the host that set it may deliver. */
  readonly ownHost: boolean;
  /** An attempt takes no longer. */
  readonly limitMs: number;
  /** @throws USAGE where the address is none */
  check(address: string): void;
  /** The address without what may be secret. */
  shown(address: string): string;
  /** Never throws. @param signal aborted: end now, whatever was begun */
  deliver(target: Target, payload: NoticePayload, signal: AbortSignal): Promise<DeliveryResult>;
}
