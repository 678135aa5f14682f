import { formatCount } from '../../base/format-count.ts';
import { stringify } from 'yaml';
import type { ExportedBase } from './exported-base.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { ExportedTrial } from '../exported-trial.ts';

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
    stringify(frontMatter(exported, card), { lineWidth: 0 }).trimEnd(),
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
    `${card.needs} Rows are cut to ${formatCount(specification.configuration.max_length, 'token')}.`,
    ...(card.notes.length === 0 ? [] : ['', '## To know', '', ...card.notes.map((note) => `* ${note}`)]),
    '',
    '## Labels',
    '',
    labels.length === 0
      ? `${taskOf(specification.task).section.sentence}.`
      : labels.map((name, index) => `${index}: ${cell(name)}`).join(', '),
    '',
    '## Data',
    '',
    ...dataLines(exported),
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

/** What the hub reads of a card. */
function frontMatter(exported: ExportedTrial, { library, base, title }: ModelCard): Readonly<Record<string, unknown>> {
  const { pipeline } = taskOf(exported.specification.task).published;
  const id = exported.data?.hub?.id;
  const results = modelIndex(exported, pipeline);
  return {
    library_name: library,
    ...(base.onHub ? { base_model: base.name } : {}),
    ...(pipeline === undefined ? {} : { pipeline_tag: pipeline }),
    tags: ['lora-dropout', 'dropsweep'],
    ...(id === undefined ? {} : { datasets: [id] }),
    ...(results === null ? {} : { 'model-index': [{ name: title, results: [results] }] }),
  };
}

/** The evaluation that scored it, as the hub's tables have it; null where it says nothing that they could hold. */
function modelIndex({ trial, specification, data }: ExportedTrial, pipeline: string | undefined) {
  const { columns } = taskOf(specification.task);
  const metrics = columns.flatMap((type) => {
    const value = trial.metrics?.[type];
    return typeof value === 'number' ? [{ type, value }] : [];
  });
  if (pipeline === undefined || data === undefined || metrics.length === 0) return null;
  const { name, hub } = data;
  return {
    task: { type: pipeline },
    dataset: {
      name,
      type: hub?.id ?? 'files',
      ...(hub === null || hub.config === null ? {} : { config: hub.config }),
      split: hub?.split ?? trial.evaluation.split,
    },
    metrics,
  };
}

function dataLines({ specification, trial, data }: ExportedTrial): readonly string[] {
  const { train } = specification;
  const rows = trial.metrics?.['rows'];
  const scored =
    typeof rows === 'number'
      ? formatCount(rows, `${trial.evaluation.split} row`)
      : `the ${trial.evaluation.split} rows`;
  const name = data === undefined ? '' : ` of ${cell(data.name)}`;
  return [`Trained on ${formatCount(train.rows, 'row')}${name} (SHA-256 ${train.hash}), scored on ${scored}.`];
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
