import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rolldown } from 'rolldown';
import { KeptProcess } from '../../support/sweep-machine.ts';
import { type ClientOrder, refusedStatus, spentStatus } from './client-order.ts';

/** By which the processes of clients are known. */
export const clientProgram = 'chaos-client';

export interface ClientSettings {
  readonly folder: string;
  /** That of the proxy. */
  readonly databaseUrl: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Client processes of a run, whose program is made of its sources first. */
export class Clients {
  readonly #settings: ClientSettings;
  readonly #program: string;
  #deadline = Number.POSITIVE_INFINITY;

  private constructor(settings: ClientSettings, program: string) {
    this.#settings = settings;
    this.#program = program;
  }

  static async make(settings: ClientSettings): Promise<Clients> {
    // Where its packages are found.
    const program = join(process.cwd(), 'dist', `${clientProgram}-${process.pid}.js`);
    const bundle = await rolldown({
      input: join(process.cwd(), 'test', 'chaos', 'adaptive', 'client-main.ts'),
      platform: 'node',
      external: (id) => isBuiltin(id) || (!id.startsWith('.') && !isAbsolute(id)),
    });
    await bundle.write({ file: program, format: 'esm', codeSplitting: false });
    await bundle.close();
    return new Clients(settings, program);
  }

  get program(): string {
    return this.#program;
  }

  /** Goes on until it is stopped. */
  kept(name: string, order: ClientOrder): KeptProcess {
    return new KeptProcess(name, () => Promise.resolve(this.#start(order)), this.#logFile);
  }

  /** Nothing is in the way any more: what is not carried out within four minutes will not be. */
  hurry(): void {
    this.#deadline = performance.now() + 240_000;
  }

  /**
   * Has an order carried out, by as many processes one after the other as it takes.
   * @returns false: the sweep's budget is spent
   * @throws where it is refused otherwise, or not carried out in the time that is left
   */
  async carriesOut(order: ClientOrder): Promise<boolean> {
    for (;;) {
      const client = this.#start(order);
      const status = await new Promise<number | null>((resolve) => client.once('exit', resolve));
      if (status === 0) return true;
      if (status === spentStatus) return false;
      if (status === refusedStatus || performance.now() > this.#deadline)
        throw new Error(`not carried out: ${JSON.stringify(order)}`);
      await sleep(250);
    }
  }

  get #logFile(): string {
    return join(this.#settings.folder, 'clients.log');
  }

  #start(order: ClientOrder): ChildProcess {
    const log = openSync(this.#logFile, 'a');
    const child = spawn(process.execPath, [this.#program, JSON.stringify(order)], {
      stdio: ['ignore', log, log],
      env: { ...this.#settings.environment, DATABASE_URL: this.#settings.databaseUrl },
    });
    closeSync(log);
    return child;
  }
}
