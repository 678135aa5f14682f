import type { ErrorCode } from './error-codes.ts';
import { spelledOut } from './spelled-out.ts';

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
  if (facts.where !== undefined) lines.push(`  where: ${spelledOut(facts.where)}`);
  if (facts.got !== undefined)
    lines.push(`  got: ${spelledOut(typeof facts.got === 'string' ? facts.got : JSON.stringify(facts.got))}`);
  if (facts.expected !== undefined) lines.push(`  expected: ${spelledOut(facts.expected)}`);
  if (facts.fix !== undefined) lines.push(`  to do: ${facts.fix}`);
  return lines.join('\n');
}
