import { DropsweepError } from '../base/errors.ts';
import { refusal, wholeFrom } from '../sweep/file/number-rules.ts';
import { deviceKinds } from '../sweep/device-kind.ts';
import { guessedKinds } from '../tasks/look-at-table.ts';
import type { ReportFormat } from '../report/tables/render-report.ts';

/** Pieces of command lines that several verbs share. */

export interface FormatFlags {
  readonly format: ReportFormat;
}

export const formatFlag = {
  kind: 'enum',
  values: ['table', 'json', 'csv'],
  default: 'table',
  brief: 'table for people, json or csv for programs',
} as const;

export const detachFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'return at once; the sweep goes on',
} as const;

/** `formatFlag` of verbs that show a sweep until it ends, unless they are told otherwise. */
export function detachedFormat(otherwise: string) {
  return { ...formatFlag, brief: `table for people, json or csv for programs, with ${otherwise}` } as const;
}

/** @throws USAGE where programs would be shown a dashboard */
export function demandDetached(format: ReportFormat, isDetached: boolean, otherwise: string): void {
  if (format === 'table' || isDetached) return;
  throw new DropsweepError('USAGE', 'a sweep is shown to people until it ends', {
    where: '--format',
    got: format,
    expected: `${otherwise} beside it`,
    fix: 'dropsweep wait and the reading verbs tell of a sweep that runs',
  });
}

export const forceFlag = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'overwrite what is there',
} as const;

/** A base model that is small, and good for texts of one or two sentences. */
export const usualBase = 'sentence-transformers/all-MiniLM-L6-v2';

const optionalText = { kind: 'parsed', parse: parseText, optional: true } as const;

/** Rows that no sweep file describes yet. */
export const dataFlags = {
  data: { ...optionalText, placeholder: 'file', brief: 'texts and labels: CSV, TSV, JSON, JSON lines or Parquet' },
  dev: { ...optionalText, placeholder: 'file', brief: 'dev rows; without it, a fifth of the rows is held out' },
  text: { ...optionalText, placeholder: 'column', brief: 'column of the texts (default: that of the longest)' },
  label: {
    ...optionalText,
    placeholder: 'column',
    brief: 'column of the labels (default: by its name, or fewest values)',
  },
  task: {
    kind: 'enum',
    values: guessedKinds,
    optional: true,
    brief: 'what labels are: classes, or numbers on a scale (default: by their values)',
  },
  base: {
    kind: 'parsed',
    parse: parseText,
    default: usualBase,
    placeholder: 'model',
    brief: 'base model: a hub id or a folder',
  },
  name: { ...optionalText, placeholder: 'name', brief: 'name of the sweep (default: that of the data)' },
} as const;

/** What a worker is told, which the environment may say too. */
export const workerFlags = {
  slots: { kind: 'parsed', parse: parseCount, optional: true, brief: 'trainings at once (default 1)' },
  device: {
    kind: 'enum',
    values: ['auto', ...deviceKinds],
    optional: true,
    brief: 'what its slots compute on (default cpu); auto takes the best that opens',
  },
} as const;

/** What the dashboard is told, which the environment may say too. */
export const screenFlags = {
  mouse: {
    kind: 'boolean',
    optional: true,
    brief: 'presses choose rows and tabs, the wheel scrolls; selecting text takes shift then',
  },
} as const;

export const trialFlag = {
  kind: 'parsed',
  parse: parseCount,
  optional: true,
  placeholder: 'number',
  brief: 'number of a trial; without it, the sweep itself',
} as const;

export const sweepNameParameter = {
  brief: 'name of the sweep',
  parse: parseText,
  placeholder: 'sweep',
  proposeCompletions: async (): Promise<readonly string[]> =>
    (await import('./reading/propose-sweeps.ts')).proposeSweeps(),
} as const;

/** A metric by its name. */
export const metricFlag = {
  kind: 'parsed',
  parse: parseText,
  optional: true,
  placeholder: 'metric',
  proposeCompletions: async (): Promise<readonly string[]> =>
    (await import('../metrics/metrics.ts')).metrics.map(({ name }) => name),
} as const;

/** The sweep's name may be left out: it is the newest then. */
export const optionalSweep = {
  kind: 'tuple',
  parameters: [{ ...sweepNameParameter, brief: 'name of the sweep (default: the newest)', optional: true }],
} as const;

export const requiredSweep = {
  kind: 'tuple',
  parameters: [sweepNameParameter],
} as const;

export const sweepFile = {
  kind: 'tuple',
  parameters: [{ brief: 'the sweep file (YAML)', parse: parseText, placeholder: 'sweep.yaml' }],
} as const;

export function parseText(input: string): string {
  return input;
}

/** A lease of `ask`, and metrics beside it. */
export const leaseAndValues = {
  kind: 'array',
  minimum: 1,
  parameter: { brief: 'the lease, then metrics: accuracy=0.8', parse: parseText, placeholder: 'lease-or-metric=value' },
} as const;

export function parseSeconds(input: string): number {
  const seconds = Number(input);
  if (input.trim() !== '' && Number.isFinite(seconds) && seconds >= 0 && seconds <= 1_000_000) return seconds;
  throw new DropsweepError('USAGE', 'no number of seconds', { got: input, expected: 'a number from 0 to 1000000' });
}

export function parseHours(input: string): number {
  const hours = Number(input);
  if (Number.isFinite(hours) && hours > 0) return hours;
  throw new DropsweepError('USAGE', 'not a number of hours', { got: input, expected: 'a number above 0' });
}

export function parseCount(input: string): number {
  const count = Number(input);
  const rule = wholeFrom(1);
  if (rule.accepts(count)) return count;
  throw new DropsweepError('USAGE', 'not a count', { got: input, expected: refusal(rule, count) });
}
