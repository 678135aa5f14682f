import { type RawBuilder, sql } from 'kysely';
import type { EvaluationPage, MemberPage } from '../../sweep/segment.ts';
import { freezeOutputs, freezeNumbers, thawNumbers, thawOutputs } from './stored-outputs.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import type { HeldSegment } from './write-progress.ts';

/** Keeps a part of a member's outputs until all of them are there. */
export async function writePage(
  tx: DatabaseTransaction,
  segment: HeldSegment,
  { evaluationId, member, inputs, outputs }: EvaluationPage,
): Promise<void> {
  const { values, offsets } = freezeOutputs(outputs);
  await sql`
    insert into evaluation_pages (training_id, at_step, member_key, member, first_input, inputs, logits, offsets)
    select training_id, at_step, member_key, ${member}::integer, ${inputs[0] ?? 0}::integer,
      ${freezeNumbers(inputs)}::bytea, ${values}::bytea, ${offsets}::bytea
    from evaluations where id = ${evaluationId} and training_id = ${segment.training_id} and status = 'pending'
    on conflict do nothing`.execute(tx);
}

export interface PageRow {
  readonly segment_id: string;
  readonly member_key: string;
  readonly member: number;
  readonly inputs: Buffer;
  readonly logits: Buffer;
  readonly offsets: Buffer;
}

/** @param wanted segments `w`, with training_id and step */
export async function readPages(tx: DatabaseTransaction, wanted: RawBuilder<unknown>): Promise<readonly PageRow[]> {
  const { rows } = await sql<PageRow>`
    select w.id as segment_id, p.member_key, p.member, p.inputs, p.logits, p.offsets
    from ${wanted} join evaluation_pages p on p.training_id = w.training_id and p.at_step = w.step
    order by p.member, p.first_input`.execute(tx);
  return rows;
}

export function thawPage({ member, inputs, logits, offsets }: PageRow): MemberPage {
  return { member, inputs: thawNumbers(inputs), outputs: thawOutputs(logits, offsets, 0) };
}

/** Forgets the pages of evaluations that are whole, or never will be. */
export async function forgetPages(tx: DatabaseTransaction, segments: readonly HeldSegment[]): Promise<void> {
  await sql`
    delete from evaluation_pages p
    using unnest(${segments.map((segment) => segment.training_id)}::uuid[],
      ${segments.map((segment) => segment.end_step)}::integer[]) as s (training_id, at_step)
    where p.training_id = s.training_id and p.at_step = s.at_step
      and not exists (select 1 from evaluations e where e.training_id = p.training_id and e.at_step = p.at_step
        and e.member_key = p.member_key and e.status = 'pending')`.execute(tx);
}
