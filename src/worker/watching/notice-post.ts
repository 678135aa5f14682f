import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryResult, TargetKind } from '../../notices/target-kind.ts';
import type { ClaimedDelivery } from '../../store/notices/notice-deliveries.ts';
import { ChangeBell } from './change-bell.ts';

/** The record, as delivering uses it. */
export interface NoticeRecord {
  /** Writes down what is to be told. @returns how many deliveries are new */
  findNotices(): Promise<number>;
  claimDeliveries(host: string, limit: number): Promise<readonly ClaimedDelivery[]>;
  /** Holds a claim as long as its attempt may take. @returns false: it is another's by now */
  holdDelivery(claimed: ClaimedDelivery): Promise<boolean>;
  settleDelivery(claimed: ClaimedDelivery, result: DeliveryResult): Promise<void>;
  giveDeliveryBack(claimed: ClaimedDelivery): Promise<void>;
  /** Calls back when the record has changed. */
  listenForChanges(changed: () => void): { close(): Promise<void> };
}

export interface NoticePostOptions {
  readonly record: NoticeRecord;
  readonly host: string;
  readonly targetKind: (name: string) => TargetKind;
  readonly draining: AbortSignal;
  readonly warn: (what: string, error: unknown) => void;
  /** Between two looks where nothing is heard. */
  readonly lookEveryMs?: number;
}

const lookEveryMs = 3_000;
/** Between two looks where much is heard. */
const restMs = 1_000;
/** Deliveries under way at once. */
const atOnce = 4;

/** Finds and delivers notices until the worker is drained: whenever the record changes, and every few seconds. */
export async function postNotices(options: NoticePostOptions): Promise<void> {
  const { record, host, draining, warn } = options;
  const change = new ChangeBell();
  const listener = record.listenForChanges(() => change.ring());
  const underWay = new Set<Promise<void>>();
  const look = async (): Promise<void> => {
    await record.findNotices();
    if (underWay.size >= atOnce) return;
    for (const claimed of await record.claimDeliveries(host, atOnce - underWay.size)) {
      const attempt = deliver(options, claimed)
        .catch((error: unknown) => warn('delivering a notice', error))
        .finally(() => underWay.delete(attempt));
      underWay.add(attempt);
    }
  };
  try {
    while (!draining.aborted) {
      await look().catch((error: unknown) => warn('notices', error));
      await rest(restMs, draining);
      await change.heard(options.lookEveryMs ?? lookEveryMs, draining);
    }
  } finally {
    await Promise.all(underWay);
    await listener.close();
  }
}

/** One attempt at a delivery that was claimed. */
export async function deliver(
  { record, targetKind, draining }: Pick<NoticePostOptions, 'record' | 'targetKind' | 'draining'>,
  claimed: ClaimedDelivery,
): Promise<void> {
  if (!(await record.holdDelivery(claimed))) return;
  const { target, payload } = claimed;
  const result = await targetKind(target.kind).deliver(target, payload, draining);
  // Broken off by this process's own end: the next control worker makes the attempt.
  if (result.kind === 'failed' && draining.aborted) await record.giveDeliveryBack(claimed);
  else await record.settleDelivery(claimed, result);
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
