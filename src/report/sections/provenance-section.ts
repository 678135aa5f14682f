import { formatCount } from '../../base/format-count.ts';
import type { Json } from '../../base/canonical-json.ts';
import type { Cell } from '../document/document.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';

export const provenanceSection: ReportSection = {
  name: 'provenance',
  heading: 'What it was made of, and how to make it again',
  build({ snapshot, provenance, trainedOn, file }) {
    return [
      {
        kind: 'table',
        name: 'provenance-table',
        caption: 'Hashes, versions and hardware',
        columns: [
          { name: 'fact', heading: 'fact', align: 'left' },
          { name: 'value', heading: 'value', align: 'left' },
        ],
        rows: facts(snapshot, provenance, trainedOn).map(([fact, value]) => [textCell(fact), textCell(value)]),
      },
      ...(file === null
        ? []
        : [{ kind: 'code' as const, caption: `${snapshot.name}.yaml, the sweep file`, text: file }]),
      {
        kind: 'code',
        caption: 'The definition as it was recorded',
        text: JSON.stringify(snapshot.definition, null, 2),
      },
      {
        kind: 'code',
        caption: 'To make it again',
        text: [
          `dropsweep launch ${shellWord(`${snapshot.name}.yaml`)}`,
          `dropsweep report ${shellWord(snapshot.name)} --out report.html`,
        ].join('\n'),
      },
    ];
  },
};

function facts(
  snapshot: SweepMaterial['snapshot'],
  { canonicalHash, launchedBy, mergedPoints, theoryConstants, inputs }: SweepMaterial['provenance'],
  trainedOn: SweepMaterial['trainedOn'],
): readonly (readonly [string, string])[] {
  const classes = [...new Set(snapshot.trials.flatMap(({ numericsClass }) => numericsClass ?? []))].sort();
  return [
    ['sweep', snapshot.name],
    ['canonical hash', canonicalHash],
    ['base model', `${inputs.base.reference}, content ${inputs.base.content_hash}`],
    ['tokenizer', inputs.base.tokenizer_hash],
    ...(['train', 'dev', 'test'] as const).flatMap((split) => {
      const rows = inputs[split];
      return rows === null ? [] : [[`${split} rows`, `${rows.rows}, content ${rows.hash}`] as const];
    }),
    ['trainer', snapshot.trainer],
    ['launched at', snapshot.createdAt.toISOString()],
    ['finished at', snapshot.finishedAt?.toISOString() ?? 'not yet'],
    ...Object.entries(launchedBy).map(([name, value]) => [name.replaceAll('_', ' '), value] as const),
    ...trainedOn.map((place) => ['trained on', placeText(place)] as const),
    ['numerics classes', classes.length === 0 ? 'none yet' : classes.join('; ')],
    ['merged points', String(mergedPoints)],
    ...Object.entries(theoryConstants ?? {}).map(
      ([name, value]) => [`theory: ${name.replaceAll('_', ' ')}`, factText(value)] as const,
    ),
  ];
}

/** A machine with its device and the trainings that it trained, or trained a part of. */
function placeText({ host, hardware, numericsClass, trainings }: SweepMaterial['trainedOn'][number]): string {
  const machine = [host ?? 'a machine that is no longer recorded', hardware].filter((part) => part !== null).join(', ');
  return `${formatCount(trainings, 'training')}: ${machine}; ${numericsClass}`;
}

function factText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textCell(text: string): Cell {
  return { text, value: text };
}

/** A word as a POSIX shell takes it. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
