import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { TrialFilter } from '../../store/views/trials/trial-filter.ts';
import type { Banner } from '../parts/event-lines.ts';
import type { Cloning } from '../steering/cloning.ts';
import type { Steering } from '../steering/steering.ts';
import type { Viewing } from '../viewing.ts';
import { filterPrompt } from './filter-prompt.ts';
import { isLooking, keyMeaning, type KeyMeaning, type PressedKey } from './key-bindings.ts';
import { palette } from './palette.ts';
import type { Prompt } from './prompt.ts';

export interface KeyActionsOptions {
  readonly viewing: Viewing;
  readonly steering: Steering;
  readonly cloning: Cloning;
  readonly prompt: Prompt;
  readonly snapshot: () => SweepSnapshot | null;
  /** Does it unless other keys came with this one. */
  readonly alone: (act: () => void) => void;
  readonly say: (banner: Banner) => void;
  readonly leave: () => void;
  readonly suspend: () => void;
  /** From now on another sweep is watched. */
  readonly watch: (sweep: string) => void;
}

/** Does what keys mean, or says why it does nothing. */
export class KeyActions {
  readonly #options: KeyActionsOptions;

  constructor(options: KeyActionsOptions) {
    this.#options = options;
  }

  press(input: string, key: PressedKey): void {
    const { prompt, viewing } = this.#options;
    if (prompt.take(input, key)) return;
    const { visible, step = 1 } = viewing.extent;
    const meaning = keyMeaning(input, key, Math.max(1, Math.floor(visible / step)));
    if (meaning === null) return;
    if (key.ctrl === true) this.#act(meaning);
    else this.#take(meaning);
  }

  /** Opens the chosen row. */
  open(): void {
    const { viewing, watch } = this.#options;
    const opened = viewing.opened();
    if (typeof opened === 'string') return this.#say(opened);
    if (opened === null) return;
    if (opened.sweep !== undefined) watch(opened.sweep);
    viewing.change({ kind: 'open', opened });
  }

  /** What looks is done at once; what commands, or leaves the rest of a text to the shell, comes alone or not at all. */
  #take(meaning: KeyMeaning): void {
    if (isLooking(meaning)) this.#act(meaning);
    else this.#options.alone(() => this.#act(meaning));
  }

  #act(meaning: KeyMeaning): void {
    const { viewing, steering, cloning, leave, suspend } = this.#options;
    if (meaning.kind === 'leave') leave();
    else if (meaning.kind === 'suspend') suspend();
    else if (meaning.kind === 'view') this.#say(viewing.take(meaning.action));
    else if (meaning.kind === 'next_view') viewing.next();
    else if (meaning.kind === 'open') this.open();
    else if (meaning.kind === 'ask') this.#ask(meaning.what);
    else if (meaning.kind === 'mark') this.#say(viewing.mark());
    else if (meaning.kind === 'choose') this.#say(viewing.choose(meaning.name, meaning.value));
    else if (meaning.kind === 'clone') void cloning.take(viewing.trials.chosen[0]);
    else steering.take(meaning);
  }

  /** @param problem null: there is none */
  #say(problem: string | null): void {
    if (problem !== null) this.#options.say({ text: problem, urgent: false });
  }

  #ask(what: 'filter' | 'action'): void {
    const { prompt, viewing, snapshot } = this.#options;
    const shown = snapshot();
    if (shown === null) return;
    const filter = (chosen: TrialFilter | null): void => viewing.filter(chosen);
    const kinds = {
      filter: filterPrompt(shown.definition, viewing.state.filter, filter),
      action: palette(shown, (meaning) => this.#take(meaning)),
    };
    prompt.open(kinds[what]);
  }
}
