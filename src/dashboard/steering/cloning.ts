import type { Banner } from '../parts/event-lines.ts';

/** The tools that cloning a trial needs from outside: the record, and an editor. */
export interface CloneTools {
  /** The trial's settings as text to be changed. */
  readonly fragment: (trial: number) => Promise<string>;
  /** Has a person change a text, while the terminal is theirs. @returns null: they gave it up */
  readonly edit: (text: string) => string | null;
  /** Adds a point with these settings to the sweep. @returns what became of it, in words */
  readonly add: (text: string) => Promise<string>;
}

export interface CloningOptions {
  readonly tools: CloneTools | undefined;
  /** Gives the terminal away while the body runs. */
  readonly away: <Result>(body: () => Result) => Result;
  readonly say: (banner: Banner) => void;
  readonly refusal: string | null;
}

const remark = '# !';

/** Clones trials with changes. What was refused is there to be mended the next time, with what is wrong above it. */
export class Cloning {
  readonly #options: CloningOptions;
  readonly #drafts = new Map<number, string>();

  constructor(options: CloningOptions) {
    this.#options = options;
  }

  async take(trial: number | undefined): Promise<void> {
    const { tools, say, refusal } = this.#options;
    if (refusal !== null) return say({ text: refusal, urgent: false });
    if (tools === undefined) return say({ text: 'trials cannot be cloned here', urgent: false });
    if (trial === undefined) return say({ text: 'no trial is chosen that could be cloned', urgent: false });
    try {
      await this.#clone(trial, tools);
    } catch (error) {
      say({ text: `trial ${trial} is not cloned: ${flat(error)}`, urgent: true });
    }
  }

  async #clone(trial: number, { fragment, edit, add }: CloneTools): Promise<void> {
    const { say, away } = this.#options;
    const draft = this.#drafts.get(trial);
    const before = draft ?? (await fragment(trial));
    const edited = away(() => edit(before));
    const text = edited === null ? null : withoutRemarks(edited);
    if (text === null || (draft === undefined && text === before) || text.trim() === '') {
      this.#drafts.delete(trial);
      return say({ text: 'nothing was changed: nothing is added', urgent: false });
    }
    try {
      const what = await add(text);
      this.#drafts.delete(trial);
      say({ text: what, urgent: false });
    } catch (error) {
      this.#drafts.set(trial, `${remark} ${flat(error)}\n${text}`);
      say({ text: `not added; c opens it again: ${flat(error)}`, urgent: true });
    }
  }
}

function withoutRemarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(remark))
    .join('\n');
}

/** A message of several lines in one. */
function flat(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
}
