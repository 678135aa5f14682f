import type { ErrorCode } from './error-codes.ts';

/** The facts that a person needs to mend an error: the place, what stood there, what should, and what to do. */
export interface ErrorFacts {
  /** The file, field, node or row, e.g. `sweep.yaml:12:5 space.dropout_rate`. */
  readonly where?: string;
  readonly got?: unknown;
  readonly expected?: string;
  readonly fix?: string;
  readonly cause?: unknown;
}

/** An error with a stable code from `error-codes.ts`. Its message carries all of its facts. */
export class DropsweepError extends Error {
  override readonly name = 'DropsweepError';
  readonly code: ErrorCode;
  /** What went wrong, in a phrase. */
  readonly what: string;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, what: string, facts: ErrorFacts = {}) {
    super(describe(code, what, facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.what = what;
    this.facts = facts;
  }
}

/** The same error where a place has another name for people. */
export function placedAs(error: unknown, place: string, name: string): unknown {
  if (!(error instanceof DropsweepError) || error.facts.where === undefined) return error;
  const { code, what, facts } = error;
  return new DropsweepError(code, what, { ...facts, where: error.facts.where.replace(place, name) });
}

/** A recorded failure in one text: messages of ours begin with their code, those of other programs do not. */
export function failureText({ code, message }: { readonly code: string; readonly message: string }): string {
  return message.startsWith(`${code}: `) ? message : `${code}: ${message}`;
}

function describe(code: ErrorCode, what: string, facts: ErrorFacts): string {
  const lines = [`${code}: ${what}`];
  if (facts.where !== undefined) lines.push(`  where: ${facts.where}`);
  if (facts.got !== undefined)
    lines.push(`  got: ${spelledOut(typeof facts.got === 'string' ? facts.got : JSON.stringify(facts.got))}`);
  if (facts.expected !== undefined) lines.push(`  expected: ${facts.expected}`);
  if (facts.fix !== undefined) lines.push(`  to do: ${facts.fix}`);
  return lines.join('\n');
}

/** Characters that are not seen, or are taken for a space. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]|[^\S \n\r\t]/gu;

/** Text with the code points of what a person does not see in it. */
function spelledOut(text: string): string {
  const points = [...new Set(text.match(unseen))].map((sign) => sign.codePointAt(0) ?? 0);
  if (points.length === 0) return text;
  return `${text} (with ${points.map((point) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`).join(' ')})`;
}
