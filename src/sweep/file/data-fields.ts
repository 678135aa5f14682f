import type { TaskField } from './task-section.ts';

/** The members of `task.data` besides the task's own columns, for docs/sweep-file.md. */
export const dataFields: readonly TaskField[] = [
  {
    name: 'train',
    expected: 'a path, a pattern such as `./part-*.csv`, or a list of them; of `hub` and `glue` a split',
    sentence: 'Rows to train on, from files that may be gzip or zstd; default of a hub’s train, of GLUE’s its own',
  },
  {
    name: 'dev',
    expected: 'the same, or `{fraction: 0.1, stratify: true, seed: 0}`',
    sentence:
      'Rows to be judged by, or a share of the train rows that is taken out of them, `stratify` of each class alike; default of a hub’s validation, of GLUE’s its own',
  },
  {
    name: 'test',
    expected: 'as `train`',
    sentence: 'Labelled rows for `evaluation.split: test`; default: none',
  },
  {
    name: 'examples',
    expected: 'as `train`',
    sentence: 'Questions with answers that stand before others, where the task shows any; default: none',
  },
  {
    name: 'format',
    expected: 'csv, tsv, jsonl, json, parquet, or one that the task has for itself',
    sentence: 'How files are read, where their names do not tell',
  },
  {
    name: 'encoding',
    expected: 'a name such as latin1, windows-1252, utf-16le or shift_jis',
    sentence: 'Of text files; default: UTF-8',
  },
  {
    name: 'columns',
    expected: 'a list of names',
    sentence: 'The columns of CSV and TSV without a header line, in their order',
  },
  {
    name: 'hub',
    expected: 'org/name',
    sentence:
      'A data set of Hugging Face’s hub, or of HF_ENDPOINT, of whose files those of each split are fetched once, with HF_TOKEN where it is private, and none with HF_HUB_OFFLINE',
  },
  { name: 'config', expected: 'a name', sentence: 'Of a data set of the hub that has several' },
  { name: 'revision', expected: 'a branch, tag or commit', sentence: 'Of a data set of the hub; default: main' },
  {
    name: 'glue',
    expected: 'CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE, WNLI or AX',
    sentence: 'A task of GLUE, with its own columns and labels',
  },
  { name: 'folder', expected: 'a path', sentence: 'Of GLUE’s own files; default: the hub’s' },
  {
    name: 'package',
    expected: 'spam-assassin',
    sentence: 'E-mails of an npm package; needs `train_rows` and `dev_rows`',
  },
];

/** The members of `task` besides its kind, its data and its own fields. */
export const rowFields: readonly TaskField[] = [
  ...['train_rows', 'dev_rows', 'test_rows'].map((name) => ({
    name,
    expected: 'a whole number of at least 1',
    sentence: 'Rows that are drawn of the split; fewer are the beginning of more; default: all',
  })),
  { name: 'split_seed', expected: 'a whole number of at least 0', sentence: 'What they are drawn by; default 0' },
];
