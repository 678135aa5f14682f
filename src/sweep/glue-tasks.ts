/** A task of the GLUE benchmark, or its diagnostic set: how its files are laid out, and what it is judged by. */
export interface GlueTask {
  /** Config of the hub's data set. */
  readonly config: string;
  /** Names of the classes in the order of their numbers; null: the labels are numbers. */
  readonly labels: readonly string[] | null;
  /** Names that a file may have for the texts; the second is absent where there is one text. */
  readonly text: readonly string[];
  readonly textPair?: readonly string[];
  /** Columns of TSV files that have no header line. */
  readonly header?: readonly string[];
  /** Splits as files are called, without their extension; absent: there is none. */
  readonly train?: string;
  readonly dev?: string;
  /** Objectives of a sweep file that names none; absent: those of its kind of task. */
  readonly objectives?: readonly string[];
  /** The files that the benchmark's server takes, with the rows that each is for. */
  readonly submission: readonly GlueSubmission[];
}

export interface GlueSubmission {
  readonly file: string;
  /** Names that the rows may have, as `train` is one. */
  readonly rows: readonly string[];
  /** Rows of another data set that is judged with this one; left out where it is not there. */
  readonly of?: 'AX';
  /** As numbers or as names of the classes. */
  readonly labels: 'numbers' | 'names';
}

export type GlueName = 'CoLA' | 'SST-2' | 'MRPC' | 'STS-B' | 'QQP' | 'MNLI' | 'QNLI' | 'RTE' | 'WNLI' | 'AX';

const inference = ['entailment', 'neutral', 'contradiction'];
const entailed = ['entailment', 'not_entailment'];
const pair = { text: ['sentence1', 'text_a', 'text1'], textPair: ['sentence2', 'text_b', 'text2'] };
const premises = {
  text: ['sentence1', 'premise', 'Premise', 'text_a', 'text1'],
  textPair: ['sentence2', 'hypothesis', 'Hypothesis', 'text_b', 'text2'],
};
const splits = { train: 'train', dev: 'dev' };

function submitted(file: string, labels: GlueSubmission['labels']): readonly GlueSubmission[] {
  return [{ file, rows: ['test'], labels }];
}

const diagnostic: GlueSubmission = {
  file: 'AX.tsv',
  rows: ['AX', 'diagnostic', 'diagnostic-full', 'test'],
  of: 'AX',
  labels: 'names',
};

/** Names that a file may have for the label, the gold label before those of single annotators. */
export const glueLabelColumns = ['gold_label', 'label', 'Quality', 'is_duplicate', 'score', 'Label'];

/** Every task of GLUE by its name. */
export const glueTasks: Readonly<Record<GlueName, GlueTask>> = {
  CoLA: {
    config: 'cola',
    labels: ['unacceptable', 'acceptable'],
    text: ['sentence', 'text'],
    header: ['source', 'label', 'original_mark', 'sentence'],
    ...splits,
    objectives: ['matthews', 'accuracy', 'ece'],
    submission: submitted('CoLA.tsv', 'numbers'),
  },
  'SST-2': {
    config: 'sst2',
    labels: ['negative', 'positive'],
    text: ['sentence', 'text'],
    ...splits,
    submission: submitted('SST-2.tsv', 'numbers'),
  },
  MRPC: {
    config: 'mrpc',
    labels: ['not_equivalent', 'equivalent'],
    text: ['#1 String', ...pair.text],
    textPair: ['#2 String', ...pair.textPair],
    ...splits,
    submission: submitted('MRPC.tsv', 'numbers'),
  },
  'STS-B': {
    config: 'stsb',
    labels: null,
    ...pair,
    ...splits,
    objectives: ['pearson', 'spearman', 'loss'],
    submission: submitted('STS-B.tsv', 'numbers'),
  },
  QQP: {
    config: 'qqp',
    labels: ['not_duplicate', 'duplicate'],
    text: ['question1', 'text_a', 'text1'],
    textPair: ['question2', 'text_b', 'text2'],
    ...splits,
    objectives: ['accuracy', 'f1', 'ece'],
    submission: submitted('QQP.tsv', 'numbers'),
  },
  MNLI: {
    config: 'mnli',
    labels: inference,
    ...premises,
    train: 'train',
    dev: 'dev_matched',
    submission: [
      { file: 'MNLI-m.tsv', rows: ['test_matched'], labels: 'names' },
      { file: 'MNLI-mm.tsv', rows: ['test_mismatched'], labels: 'names' },
      diagnostic,
    ],
  },
  QNLI: {
    config: 'qnli',
    labels: entailed,
    text: ['question', 'text_a', 'text1'],
    textPair: ['sentence', 'text_b', 'text2'],
    ...splits,
    submission: submitted('QNLI.tsv', 'names'),
  },
  RTE: { config: 'rte', labels: entailed, ...premises, ...splits, submission: submitted('RTE.tsv', 'names') },
  WNLI: {
    config: 'wnli',
    labels: ['not_entailment', 'entailment'],
    ...pair,
    ...splits,
    submission: submitted('WNLI.tsv', 'numbers'),
  },
  AX: { config: 'ax', labels: inference, ...premises, dev: 'diagnostic-full', submission: [diagnostic] },
};

const names: readonly GlueName[] = ['CoLA', 'SST-2', 'MRPC', 'STS-B', 'QQP', 'MNLI', 'QNLI', 'RTE', 'WNLI', 'AX'];
export const glueNames = names;

/** A split as the hub calls it. */
export function hubSplit(split: string): string {
  return split.replace(/^dev(?=_|$)/, 'validation');
}
