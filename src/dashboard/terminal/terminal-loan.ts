import type { TerminalScreen } from './terminal-screen.ts';

export interface TerminalLoanOptions {
  readonly screen: TerminalScreen;
  readonly stdin: NodeJS.ReadStream;
  /** Stops the process until it is continued. */
  readonly stop: () => void;
  readonly draw: () => void;
}

/** Gives the terminal to others for a while, as it was before, and takes it back. */
export class TerminalLoan {
  readonly #options: TerminalLoanOptions;

  constructor(options: TerminalLoanOptions) {
    this.#options = options;
  }

  /** Ctrl-Z, or SIGTSTP from outside: the shell finds its terminal as it was. */
  readonly suspend = (): void => {
    this.#give();
    this.#options.stop();
  };

  /** After `fg`: others may have written on the terminal, or changed its size. */
  readonly resume = (): void => {
    const { screen, stdin, draw } = this.#options;
    if (stdin.isTTY) stdin.setRawMode(true);
    screen.open();
    screen.invalidate();
    draw();
  };

  /** Gives the terminal to an editor while the body runs. */
  during<Result>(body: () => Result): Result {
    this.#give();
    try {
      return body();
    } finally {
      this.resume();
    }
  }

  #give(): void {
    const { screen, stdin } = this.#options;
    screen.leave();
    if (stdin.isTTY) stdin.setRawMode(false);
  }
}
