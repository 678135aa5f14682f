import { buildCommand } from '@stricli/core';
import type { CliContext } from './cli-context.ts';
import { type FormatFlags, formatFlag, optionalSweep, parseCount, parseText } from './verb-parameters.ts';

interface BestFlags extends FormatFlags {
  readonly by?: string;
  readonly limit: number;
}

interface LogsFlags extends FormatFlags {
  readonly limit: number;
  readonly follow: boolean;
}

interface MergeFlags {
  readonly trial: number;
  readonly format: 'transformers' | 'onnx';
  readonly out: string;
}

interface ExportFlags {
  readonly format: 'json' | 'csv';
  readonly adapter?: number;
  readonly out?: string;
}

/** Verbs that read PostgreSQL and change nothing. */
export const readingVerbs = {
  ls: buildCommand<FormatFlags, [], CliContext>({
    docs: { brief: 'list the sweeps, newest first' },
    parameters: { flags: { format: formatFlag } },
    loader: async () => (await import('./verbs/ls.ts')).ls,
  }),
  show: buildCommand<FormatFlags, [string?], CliContext>({
    docs: { brief: 'every trial of a sweep' },
    parameters: { flags: { format: formatFlag }, positional: optionalSweep },
    loader: async () => (await import('./verbs/show.ts')).show,
  }),
  best: buildCommand<BestFlags, [string?], CliContext>({
    docs: { brief: 'the best configurations over their seeds, and whether noise tells them apart' },
    parameters: {
      flags: {
        format: formatFlag,
        by: { kind: 'parsed', parse: parseText, optional: true, brief: 'metric (default: the first objective)' },
        limit: { kind: 'parsed', parse: parseCount, default: '10', brief: 'configurations to show' },
      },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/best.ts')).best,
  }),
  pareto: buildCommand<FormatFlags, [string?], CliContext>({
    docs: { brief: 'the front over the objectives and complexity' },
    parameters: { flags: { format: formatFlag }, positional: optionalSweep },
    loader: async () => (await import('./verbs/pareto.ts')).pareto,
  }),
  compare: buildCommand<FormatFlags, string[], CliContext>({
    docs: { brief: 'trials of a sweep side by side: dropsweep compare my-sweep 3 7' },
    parameters: {
      flags: { format: formatFlag },
      positional: {
        kind: 'array',
        minimum: 2,
        parameter: { brief: 'sweep, then the numbers of its trials', parse: parseText, placeholder: 'sweep-or-trial' },
      },
    },
    loader: async () => (await import('./verbs/compare.ts')).compare,
  }),
  logs: buildCommand<LogsFlags, [string?], CliContext>({
    docs: { brief: 'what happened to a sweep and its trainings' },
    parameters: {
      flags: {
        format: formatFlag,
        limit: { kind: 'parsed', parse: parseCount, default: '100', brief: 'events to show' },
        follow: { kind: 'boolean', default: false, withNegated: false, brief: 'go on until the sweep ends' },
      },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/logs.ts')).logs,
  }),
  explain: buildCommand<FormatFlags, [string, number], CliContext>({
    docs: { brief: 'all about one trial: its configuration, state, attempts and scores' },
    parameters: {
      flags: { format: formatFlag },
      positional: {
        kind: 'tuple',
        parameters: [
          { brief: 'name of the sweep', parse: parseText, placeholder: 'sweep' },
          { brief: 'number of the trial', parse: parseCount, placeholder: 'trial' },
        ],
      },
    },
    loader: async () => (await import('./verbs/explain.ts')).explain,
  }),
  replay: buildCommand<Record<never, never>, [string], CliContext>({
    docs: { brief: 'fold a sweep’s search again from its log, and compare every decision' },
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [{ brief: 'name of the sweep', parse: parseText, placeholder: 'sweep' }],
      },
    },
    loader: async () => (await import('./verbs/replay.ts')).replay,
  }),
  wait: buildCommand<{ readonly timeout?: number }, [string?], CliContext>({
    docs: { brief: 'wait until a sweep has ended, with its outcome as exit status' },
    parameters: {
      flags: { timeout: { kind: 'parsed', parse: parseCount, optional: true, brief: 'seconds to wait at most' } },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/wait.ts')).wait,
  }),
  watch: buildCommand<Record<never, never>, [string?], CliContext>({
    docs: { brief: 'the dashboard; plain progress lines in a pipe' },
    parameters: { positional: optionalSweep },
    loader: async () => (await import('./verbs/watch.ts')).watch,
  }),
  export: buildCommand<ExportFlags, [string?], CliContext>({
    docs: {
      brief: "a sweep's trials as CSV or JSON, or a trial's adapter in PEFT's format",
      fullDescription: `A sweep's trials as CSV or JSON with all their settings and metrics, on the standard output or
into --out; or with --adapter, the trained adapter of a trial as a folder that PEFT loads.`,
    },
    parameters: {
      flags: {
        format: { kind: 'enum', values: ['json', 'csv'], default: 'csv', brief: 'json holds provenance too' },
        adapter: { kind: 'parsed', parse: parseCount, optional: true, brief: 'number of the trial' },
        out: { kind: 'parsed', parse: parseText, optional: true, brief: 'file, or folder of the adapter' },
      },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/export.ts')).exportSweep,
  }),
  merge: buildCommand<MergeFlags, [string?], CliContext>({
    docs: { brief: "a trial's adapter and its base as one model, for transformers or as one ONNX file" },
    parameters: {
      flags: {
        trial: { kind: 'parsed', parse: parseCount, brief: 'number of the trial' },
        format: {
          kind: 'enum',
          values: ['transformers', 'onnx'],
          default: 'transformers',
          brief: 'onnx: base, adapter, head and all members as they were scored, for onnxruntime',
        },
        out: { kind: 'parsed', parse: parseText, brief: 'folder of the model' },
      },
      positional: optionalSweep,
    },
    loader: async () => (await import('./verbs/merge.ts')).merge,
  }),
};
