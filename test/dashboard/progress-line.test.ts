import { describe, expect, it } from 'vitest';
import { renderProgressLine } from '../../src/dashboard/lines/progress-line.ts';
import { runProgressLines } from '../../src/dashboard/lines/run-progress-lines.ts';
import { now, situations } from './sweep-fixture.ts';

describe('progress lines', () => {
  it('tell state, trainings, rate, time left and the best trial', () => {
    expect(renderProgressLine(situations.running(), null, now)).toMatchInlineSnapshot(
      `"12:10:00Z quickstart running 4/10 trainings, 51 %, 1 reused, 3.14 steps/s, 3 min 07 s left, best accuracy 0.8650 (p=0.25 N=1 M=1 seed=1)"`,
    );
    expect(renderProgressLine(situations.finished(), situations.running(), now)).toMatchInlineSnapshot(
      `"12:10:00Z quickstart completed 10/10 trainings, 100 %, took 4 min 12 s, best accuracy 0.8650 (p=0.5 N=2 M=2 seed=2)"`,
    );
    expect(renderProgressLine(situations.simulated(), null, now)).toMatchInlineSnapshot(
      `"12:10:00Z load-test SIMULATED pausing 968/10000 trainings, 9 %, 1044 steps/s, best accuracy 0.8650 (p=0.5 N=2 M=2 seed=2)"`,
    );
    expect(renderProgressLine(situations.fresh(), null, now)).toMatchInlineSnapshot(
      `"12:10:00Z quickstart running 0/10 trainings, 0 %"`,
    );
  });

  it('say nothing where no training ended and no state changed', () => {
    const later = { ...situations.running(), stepsDone: 640 };
    expect(renderProgressLine(later, situations.running(), now)).toBeNull();
  });

  it('end with the sweep, tell of a database that went and came back once each, and hold their distance', async () => {
    const readings = [
      () => situations.running(),
      () => ({ ...situations.running(), counts: { ...situations.running().counts, succeeded: 5 } }),
      () => new Error('connect ECONNREFUSED 127.0.0.1:5432'),
      () => new Error('connect ECONNREFUSED 127.0.0.1:5432'),
      () => situations.finished(),
    ];
    let written = '';
    const how = await runProgressLines({
      readSnapshot: async () => {
        const reading = readings.shift()?.();
        if (reading === undefined) throw new Error('read after the end');
        if (reading instanceof Error) throw reading;
        return reading;
      },
      say: (line) => (written += `${line}\n`),
      refreshMs: 1,
      now: () => now,
    });
    expect(how).toBe('finished');
    expect(written).toMatchInlineSnapshot(`
      "12:10:00Z quickstart running 4/10 trainings, 51 %, 1 reused, 3.14 steps/s, 3 min 07 s left, best accuracy 0.8650 (p=0.25 N=1 M=1 seed=1)
      12:10:00Z PostgreSQL is away, trying again: connect ECONNREFUSED 127.0.0.1:5432
      12:10:00Z PostgreSQL is back
      12:10:00Z quickstart completed 10/10 trainings, 100 %, took 4 min 12 s, best accuracy 0.8650 (p=0.5 N=2 M=2 seed=2)
      "
    `);
  });

  it('leave at once when asked to, even while a reading hangs', async () => {
    const leaving = new AbortController();
    const run = runProgressLines({
      readSnapshot: () => new Promise(() => undefined),
      say: () => undefined,
      signal: leaving.signal,
    });
    leaving.abort();
    expect(await run).toBe('left');
  });
});
