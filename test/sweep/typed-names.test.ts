import { describe, expect, it } from 'vitest';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const there = { isFile: () => true, isFolder: () => true };
const parse = (text: string) => parseSweepFile(text, '/home/user/sweep.yaml', there, taskSections, searchSections);
const ofTask = (more: string, task = '') =>
  parse(`name: s
base: org/tiny
task: {kind: text-classification, ${task}data: {train: ./t.csv, dev: ./d.csv, text: text, label: label}}
space: {p: [0.5]}
${more}
`);
const ofProgram = (metrics: string, space = '{x: [1]}', training = '{}') =>
  parse(`name: s
trainer: {command: [python, a.py, "{x}"], metrics: ${metrics}}
space: ${space}
training: ${training}
`);
const set = '{data: {rows: ./r.csv}}';

/** What YAML takes for true, null and numbers are names like others where names may be chosen. */
describe('a name that YAML has a type for', () => {
  it.each(['true', 'null', 'yes', 'on', '"false"'])('is that of a further set: %s', (name) => {
    const { sets, objectives } = ofTask(
      `objectives: [${name.replaceAll('"', '')}.accuracy]\nevaluation: {sets: {${name}: ${set}}}`,
    );
    expect(sets?.map((each) => each.name)).toEqual([name.replaceAll('"', '')]);
    expect(objectives).toHaveLength(1);
  });

  it.each(['1', '~', 'True', '0.5', '""'])('is refused where a set may not be called so: %s', (name) => {
    expect(() => ofTask(`evaluation: {sets: {${name}: ${set}}}`)).toThrow(/is no name of a set/);
  });

  it('is that of a program’s metric, axis and constant', () => {
    const { program, space, training } = ofProgram(
      '{true: maximize, null: minimize}',
      '{x: [1], false: [1, 2]}',
      '{null: 3}',
    );
    expect(program?.metrics).toEqual({ true: 'maximize', null: 'minimize' });
    expect(space).toEqual({ x: [1], false: [1, 2] });
    expect(training).toMatchObject({ null: 3 });
    expect(() => ofProgram('{1: maximize}')).toThrow(/trainer\.metrics\.1: is no name/);
    expect(() => ofProgram('{__proto__: maximize}')).toThrow(/__proto__: is no name/);
  });

  it('is that of a class with a weight, and of labels', () => {
    const { task } = ofTask('', 'labels: [yes, no, on, true], class_weights: {null: 2, yes: 1, true: 3}, ');
    expect(task.labels).toEqual(['yes', 'no', 'on', 'true']);
    expect(task.settings).toEqual({ class_weights: { null: 2, yes: 1, true: 3 } });
  });

  it('is no second one of the same text', () => {
    expect(() => ofTask(`evaluation: {sets: {true: ${set}, "true": ${set}}}`)).toThrow(
      /evaluation\.sets\.true: stands here twice/,
    );
    expect(() => ofProgram('{true: maximize, "true": minimize}')).toThrow(/metrics\.true: stands here twice/);
    expect(() => ofTask(`evaluation: {sets: {[a]: ${set}}}`)).toThrow(/a complex key: unknown key/);
  });
});

describe('null in a list', () => {
  it.each(['null', '~'])('of labels is refused: %s', (none) => {
    expect(() => ofTask('', `labels: [${none}, a], `)).toThrow(/labels\[0\]: got (null|~), expected text/);
  });

  it('of an axis or a constant is refused', () => {
    expect(() => ofProgram('{a: maximize}', '{x: [1, null]}')).toThrow(/space\.x\[1\]: got null/);
    expect(() => ofProgram('{a: maximize}', '{x: [1]}', '{y: [1, null]}')).toThrow(/training\.y\[1\]: got null/);
  });

  it.each([
    'training: {targets: [query, null]}',
    'training: {layers: [0, null]}',
    'objectives: [accuracy, null]',
    'evaluation: {split: [dev, null]}',
    'evaluation: {mask_seed: [0, null]}',
    'constraints: [null]',
  ])('is refused: %s', (more) => {
    expect(() => ofTask(more)).toThrow(/got null, expected/);
  });
});
