import { randomUUID } from 'node:crypto';
import type { NoticePayload } from '../../src/notices/payload.ts';

export function payloadUnderTest(): NoticePayload {
  return {
    schema: 'dropsweep.notice/1',
    id: randomUUID(),
    at: '2026-01-01T00:00:00.000Z',
    sweep: 's',
    condition: 'end',
    text: 's is completed: it’s “done”; $(touch owned) `id`',
    state: 'completed',
    trainings: 3,
    ended: 3,
    failed: 0,
    objective: 'accuracy',
    best: { trial: 2, value: 0.5 },
  };
}
