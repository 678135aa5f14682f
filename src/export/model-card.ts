import type { ExportedBase } from './exported-base.ts';
import type { ExportedTrial } from './exported-trial.ts';

export interface ModelCard {
  readonly title: string;
  readonly library: 'peft' | 'transformers' | 'onnxruntime';
  readonly base: ExportedBase;
  /** How it is loaded, as a program. */
  readonly loading: { readonly language: string; readonly lines: readonly string[] };
  /** The least versions that load it. */
  readonly needs: string;
  readonly notes: readonly string[];
}

/** README.md of an exported folder: what it is, how it is loaded, its labels, what it scored and how it was trained. */
export function modelCard(exported: ExportedTrial, card: ModelCard): string {
  const { sweep, trial, specification, launchedBy } = exported;
  const { label_names: labels } = specification.task;
  const { base, loading } = card;
  return [
    '---',
    `library_name: ${card.library}`,
    ...(base.onHub ? [`base_model: ${base.name}`] : []),
    'tags: [lora-dropout, dropsweep]',
    '---',
    '',
    `# ${card.title}`,
    '',
    `Trial ${trial.trial} of the sweep ${sweep}, trained by dropsweep ${launchedBy['dropsweep'] ?? ''} with LoRA Dropout (arXiv 2404.09610).`,
    '',
    base.onHub
      ? `Base model: \`${base.name}\`, content ${base.contentHash}.`
      : `Base model: a folder of the machine that trained it, named here \`${base.name}\`; its content is ${base.contentHash}.`,
    '',
    '## Loading it',
    '',
    `\`\`\`${loading.language}`,
    ...loading.lines,
    '```',
    '',
    `${card.needs} Rows are cut to ${specification.configuration.max_length} tokens.`,
    ...(card.notes.length === 0 ? [] : ['', '## To know', '', ...card.notes.map((note) => `* ${note}`)]),
    '',
    '## Labels',
    '',
    labels.length === 0
      ? 'One number: a regression.'
      : labels.map((name, index) => `${index}: ${cell(name)}`).join(', '),
    '',
    '## Scores',
    '',
    ...scoreLines(exported),
    '',
    '## Training',
    '',
    ...table(Object.entries(specification.configuration)),
    `| training_hash | ${trial.trainingHash} |`,
    `| numerics_class | ${trial.numericsClass ?? ''} |`,
    '',
  ].join('\n');
}

function scoreLines({ trial }: ExportedTrial): readonly string[] {
  const { metrics, evaluation } = trial;
  const numbers = Object.entries(metrics ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return [`Evaluated with ${cell(JSON.stringify(evaluation))}.`, '', ...table(numbers)];
}

function table(entries: readonly (readonly [string, unknown])[]): readonly string[] {
  return [
    '| | |',
    '| --- | --- |',
    ...entries.map(
      ([name, value]) => `| ${name} | ${cell(typeof value === 'string' ? value : JSON.stringify(value))} |`,
    ),
  ];
}

/** Text that ends no cell and starts no markup. */
function cell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|]/g, (sign) => `\\${sign}`).replaceAll(/\s+/g, ' ');
}
