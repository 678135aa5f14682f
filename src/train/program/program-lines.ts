/** The meaning of a line of a program's standard output. */
export type ProgramLine =
  | ProgramReport
  /** No report: something for the log. */
  | { readonly kind: 'text'; readonly text: string };

export interface ProgramReport {
  readonly kind: 'report';
  /** Null: the line names none, and is of the step after the last. */
  readonly step: number | null;
  readonly values: Readonly<Record<string, number>>;
  /** Names whose value is no number any more: NaN or infinite, which Python spells so in JSON. */
  readonly undefinedValues: readonly string[];
}

/** A number that JSON cannot hold, standing for a value. */
const notJson = /(?<=[:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g;

/** Reads one line. Pure. Whatever is no JSON object, or has a step that is none, is text. */
export function readProgramLine(line: string): ProgramLine {
  const text: ProgramLine = { kind: 'text', text: line };
  const object = line.trimStart().startsWith('{') ? parse(line) : null;
  if (object === null) return text;
  const { step = null, ...rest } = object;
  if (step !== null && !(typeof step === 'number' && Number.isSafeInteger(step) && step >= 1)) return text;
  const values: Record<string, number> = {};
  const undefinedValues: string[] = [];
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'number') values[name] = value;
    if (isUndefinedMark(value)) undefinedValues.push(name);
  }
  if (Object.keys(values).length === 0 && undefinedValues.length === 0) return text;
  return { kind: 'report', step, values, undefinedValues };
}

/** Stands for what is no number while JSON is read; no text of a program's says it by chance. */
const mark = '\u0000undefined';

function isUndefinedMark(value: unknown): boolean {
  return value === mark || (typeof value === 'number' && !Number.isFinite(value));
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  for (const text of [line, line.replace(notJson, JSON.stringify(mark))]) {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}
