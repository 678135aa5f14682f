import { z } from 'zod';

/**
 * The payload that a notice delivers. The same id twice is the same notice: a delivery may come more than once, never
 * with another id.
 */
export const noticePayload = z
  .strictObject({
    schema: z.literal('dropsweep.notice/1').describe('The form of this object; another form has another number.'),
    id: z.uuid().describe('Names what is told. It may arrive more than once, with the same id.'),
    at: z.iso.datetime().describe('When the condition was found to hold.'),
    sweep: z.string(),
    condition: z.string().describe('As it was set: end, failures>0.1, best.'),
    text: z.string().describe('One sentence for people.'),
    state: z.enum(['running', 'paused', 'completed', 'cancelled']),
    trainings: z.int().min(0).describe('How many there are to be.'),
    ended: z.int().min(0).describe('Trainings that have ended.'),
    failed: z.int().min(0).describe('Those of them that failed.'),
    objective: z.string().nullable().describe('The metric that best is by; null: the sweep has no objective.'),
    best: z
      .strictObject({ trial: z.int().min(1), value: z.number().describe('In the unit of the metric.') })
      .nullable()
      .describe('The best trial so far; null: nothing is scored.'),
  })
  .describe('What dropsweep posts to a webhook, and gives a command on its standard input.');

export type NoticePayload = z.infer<typeof noticePayload>;

/** The JSON schema of a payload, as docs/notice.schema.json holds it. */
export function noticeSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(noticePayload), null, 2)}\n`;
}
