import { formatCount } from '../base/format-count.ts';
import { stringify } from 'yaml';
import type { GuessedTask } from '../tasks/look-at-table.ts';

export interface StarterRequest {
  readonly name: string;
  readonly base: string;
  readonly train: string;
  /** null: a fifth of the train rows is held out. */
  readonly dev: string | null;
  readonly guessed: GuessedTask;
  /** Hours that a search may take; null: a small grid, however long. */
  readonly hours: number | null;
}

/** A commented sweep file to start from, for data that was looked at. */
export function starterFile({ name, base, train, dev, guessed, hours }: StarterRequest): string {
  const { text, label, kind, rows } = guessed;
  return `# ${described(guessed)}
name: ${scalar(name)}
base: ${scalar(base)}   # a hub id, or a folder with config.json, model.safetensors and tokenizer.json

task:
  kind: ${kind}
  data:
    train: ${scalar(train)}
${devLines(dev, guessed)}
    text: ${scalar(text)}   # columns by name
    label: ${scalar(label)}

${hours === null ? grid : search(hours)}
training:
  epochs: ${epochs(rows)}   # ${formatCount(rows, 'row')}: the fewer there are, the more often they are seen
  batch_size: ${batchSize(rows)}
  max_length: ${maxLength(guessed)}   # tokens; 95 % of the texts have at most ${guessed.longCharacters} characters

parallelism: 2   # trainings at once
`;
}

function described({ kind, rows, classes }: GuessedTask): string {
  if (classes.length === 0) return `${kind}: ${formatCount(rows, 'row')}, each with a number to be told from its text.`;
  const named = classes.slice(0, 6).map(([name, count]) => `${oneLine(name)} (${count})`);
  return `${kind}: ${formatCount(rows, 'row')} of ${classes.length} classes: ${named.join(', ')}${classes.length > 6 ? ', …' : ''}.`;
}

function devLines(dev: string | null, { classes }: GuessedTask): string {
  if (dev !== null) return `    dev: ${scalar(dev)}`;
  const stratified = classes.length > 0 ? 'stratify: true, ' : '';
  return `    dev: {fraction: 0.2, ${stratified}seed: 0}   # held out of the train rows`;
}

const grid = `space:                   # every combination is tried; what has no effect is merged
  p: [0, 0.1, 0.3, 0.5]  # dropout_rate: share of A's columns and B's rows that an instance drops
  N: [1, 4]              # train_instances: instances per step
  M: [1, 4]              # ensemble_size: masked passes per prediction; one training serves all
  seed: [0, 1, 2]        # repeats: scores are means over them
`;

function search(hours: number): string {
  return `search:                  # configurations that follow from results, the usual ones first
  kind: tpe
  trials: 200
  enqueue:
    - {p: 0, N: 1, learning_rate: 5.0e-4, rank: 8}
    - {p: 0.3, N: 2, learning_rate: 5.0e-4, rank: 8}
    - {p: 0.5, N: 4, learning_rate: 1.0e-3, rank: 8}

space:
  p: [0, 0.1, 0.3, 0.5]  # dropout_rate
  N: [1, 2, 4]           # train_instances
  rank: [4, 8, 16]
  learning_rate: {min: 1.0e-4, max: 3.0e-3, scale: log}
  M: [1, 4]              # ensemble_size
  seed: [0, 1, 2]        # repeats

scheduler:
  kind: racing           # further seeds only while a paired test has not decided

budget:
  hours: ${hours}
  no_better_since: 40
`;
}

function epochs(rows: number): number {
  return rows < 200 ? 20 : rows < 1_000 ? 10 : rows < 5_000 ? 5 : rows < 20_000 ? 3 : 2;
}

function batchSize(rows: number): number {
  return rows < 500 ? 8 : rows < 10_000 ? 16 : 32;
}

/** A token of English has three to four characters. */
function maxLength({ longCharacters }: GuessedTask): number {
  return Math.min(512, Math.max(32, 32 * Math.ceil((longCharacters / 3.5 + 2) / 32)));
}

/** On one line, quoted where YAML would read something else. */
function scalar(value: string): string {
  return stringify(value, { lineWidth: 0, defaultStringType: /[\n\r]/.test(value) ? 'QUOTE_DOUBLE' : 'PLAIN' }).trim();
}

function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
