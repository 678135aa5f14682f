import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { comparableSweep } from './identity.ts';
import type { ResolvedInputs, SweepDefinition } from './sweep-definition.ts';

interface SweepSide {
  readonly definition: SweepDefinition;
  readonly inputs: ResolvedInputs;
}

/** One line per field in which the two differ: `space.dropout_rate: [0, 0.5] → [0, 0.25, 0.5]`. Empty when equal. */
export function describeDifference(recorded: SweepSide, wanted: SweepSide): readonly string[] {
  const before = flatten(comparableSweep(recorded.definition, recorded.inputs), '');
  const after = flatten(comparableSweep(wanted.definition, wanted.inputs), '');
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => `${field}: ${shortened(before.get(field))} → ${shortened(after.get(field))}`);
}

function flatten(value: Json | undefined, path: string): Map<string, string> {
  const fields = new Map<string, string>();
  if (value === undefined) return fields;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    fields.set(path, canonicalJson(value).replaceAll(',', ', '));
    return fields;
  }
  for (const [key, member] of Object.entries(value))
    for (const [name, text] of flatten(member, path === '' ? key : `${path}.${key}`)) fields.set(name, text);
  return fields;
}

/** Hashes by their beginning; long lists as they are, since they are what the reader looks for. */
function shortened(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return /^"[0-9a-f]{64}"$/.test(text) ? `${text.slice(1, 13)}…` : text;
}
