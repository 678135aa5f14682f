import { describe, expect, it } from 'vitest';
import { ProgramProgress, resultOf } from '../../src/train/program/program-progress.ts';
import { type ProgramReport, readProgramLine } from '../../src/train/program/program-lines.ts';

describe("a line of a program's output", () => {
  it('is a report where it is a JSON object with numbers', () => {
    expect(readProgramLine('{"step": 3, "loss": 0.5, "note": "x", "ok": true}')).toEqual({
      ...{ kind: 'report', step: 3, values: { loss: 0.5 }, undefinedValues: [] },
    });
    expect(readProgramLine('  {"loss": 1e-3}')).toMatchObject({ step: null, values: { loss: 1e-3 } });
  });

  it('tells that a value is no number, as Python spells it', () => {
    expect(readProgramLine('{"step": 3, "loss": NaN, "gap": -Infinity, "text": "NaN"}')).toEqual({
      ...{ kind: 'report', step: 3, values: {}, undefinedValues: ['loss', 'gap'] },
    });
    expect(readProgramLine('{"loss": 1e999}')).toMatchObject({ undefinedValues: ['loss'] });
  });

  it.each(['epoch 1 done', '{"loss": ', '[1, 2]', '"x"', '{"step": 0, "loss": 1}', '{"step": 1.5, "loss": 1}', '{}'])(
    'is text for the log otherwise: %s',
    (line) => {
      expect(readProgramLine(line)).toEqual({ kind: 'text', text: line });
    },
  );
});

describe('what a program has reported', () => {
  const report = (step: number | null, values: Record<string, number>): ProgramReport => ({
    ...{ kind: 'report', step, values, undefinedValues: [] },
  });
  const told = (progress: ProgramProgress, ...reports: readonly ProgramReport[]) =>
    [...reports.flatMap((each) => progress.take(each)), ...progress.flush()].map(
      ({ name, firstStep, values }) => `${name}@${firstStep}=${values.join()}`,
    );

  it('is told once a step, whatever number of lines the step has', () => {
    const reports = [
      report(1, { loss: 3 }),
      report(1, { loss: 2 }),
      report(1, { accuracy: 0.5 }),
      report(2, { loss: 1 }),
    ];
    expect(told(new ProgramProgress(4, null), ...reports)).toEqual(['loss@1=2', 'accuracy@1=0.5', 'loss@2=1']);
  });

  it('counts lines without a step', () => {
    expect(told(new ProgramProgress(4, null), report(null, { a: 1 }), report(null, { a: 2 }))).toEqual([
      'a@1=1',
      'a@2=2',
    ]);
  });

  it('goes on from its checkpoint: steps before it are passed over, and its last values are known', () => {
    const before = new ProgramProgress(4, null);
    told(before, report(1, { loss: 3, accuracy: 0.5 }), report(2, { loss: 2 }));
    const after = new ProgramProgress(4, before.checkpoint('hash', 2));
    expect(after.values).toEqual({ loss: 2, accuracy: 0.5 });
    expect(told(after, report(1, { loss: 9 }), report(2, { loss: 8 }), report(3, { loss: 1 }))).toEqual(['loss@3=1']);
  });

  it('has as its result what the last step was reported with, in whatever number of lines and runs', () => {
    const before = new ProgramProgress(4, null);
    told(before, report(1, { loss: 3, accuracy: 0.5 }), report(2, { loss: 2 }));
    expect(resultOf(before.checkpoint('hash', 2))).toEqual({ loss: 2 });
    const after = new ProgramProgress(4, before.checkpoint('hash', 2));
    told(after, report(2, { accuracy: 0.7 }));
    expect(resultOf(after.checkpoint('hash', 4))).toEqual({ loss: 2, accuracy: 0.7 });
    const { last: _, ...older } = after.checkpoint('hash', 4);
    expect(resultOf({ ...older, trainer: 'command', training_hash: 'hash', step: 4 })).toEqual(after.values);
  });

  it('comes to its last step where a run that names none begins anew', () => {
    const before = new ProgramProgress(4, null);
    told(before, ...[1, 2, 3].map((a) => report(null, { a })));
    const after = new ProgramProgress(4, before.checkpoint('hash', 3));
    told(after, ...[1, 2, 3, 4].map((a) => report(null, { a })));
    expect(resultOf(after.checkpoint('hash', 4))).toEqual({ a: 4 });
  });
});
