import { Defect } from '../base/defect.ts';
import { command } from './targets/command.ts';
import { webhook } from './targets/webhook.ts';
import type { TargetKind } from './target-kind.ts';

/** Every way to deliver, in the order of help. */
export const targetKinds: readonly TargetKind[] = [webhook, command];

export function targetKind(name: string): TargetKind {
  const found = targetKinds.find((kind) => kind.name === name);
  if (found === undefined) throw new Defect(`no way to deliver is called ${name}`);
  return found;
}
