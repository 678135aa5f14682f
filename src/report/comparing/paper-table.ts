import { canonicalJson } from '../../base/canonical-json.ts';
import { groupBy } from '../../base/group-by.ts';
import { dataName } from '../../sweep/data-name.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { type Block, type Cell, type Table } from '../document/document.ts';
import { firstObjective } from './first-objective.ts';
import { formatInterval } from '../noise/format-interval.ts';
import { rankScores } from './judgement.ts';
import { type MethodScore, methodScores } from './method-scores.ts';
import { shownInterval } from '../tables/score-columns.ts';
import { configurationLabels } from '../sections/configuration-label.ts';
import type { SweepMaterial } from '../sections/material.ts';

/** Sweeps that are judged by one metric on the same rows: one column of a paper's table. */
interface TaskColumn {
  readonly objective: Objective;
  readonly materials: readonly SweepMaterial[];
  /** By method, in the order of the first trials. */
  readonly scores: ReadonlyMap<string, ColumnScore>;
}

/** A method's best configuration in a column, and the sweep that has it. */
interface ColumnScore extends MethodScore {
  readonly material: SweepMaterial;
}

/** A paper's table: a row for each method, a column for each task, whichever of the sweeps its methods were trained in. */
export function paperTable(materials: readonly SweepMaterial[]): readonly Block[] {
  const columns = taskColumns(materials);
  const methods = [...new Set(columns.flatMap(({ scores }) => [...scores.keys()]))];
  const headings = columnHeadings(columns);
  const table: Table = {
    kind: 'table',
    name: 'methods',
    caption: 'The best configuration of each method, with its 95 % interval',
    columns: [
      { name: 'method', heading: 'method', align: 'left' },
      ...headings.map((heading, index) => ({ name: `task_${index + 1}`, heading, align: 'right' as const })),
    ],
    rows: methods.map((method): readonly Cell[] => [
      { text: method, value: method },
      ...columns.map((column) => scoreCell(column, method)),
    ]),
    notes: [chosenOn(columns), ...chosenConfigurations(columns, headings)],
  };
  return [table];
}

/** Which configuration each cell is of. */
function chosenConfigurations(columns: readonly TaskColumn[], headings: readonly string[]): readonly string[] {
  return columns.flatMap(({ scores }, index) =>
    [...scores.values()].map(({ method, material: { snapshot }, reported }) => {
      const sweep = headings[index]?.startsWith(`${snapshot.name}: `) === true ? '' : `, of sweep ${snapshot.name}`;
      return `${headings[index]}, ${method}: ${configurationLabels(snapshot)(reported)}${sweep}.`;
    }),
  );
}

function chosenOn(columns: readonly TaskColumn[]): string {
  const tested = columns.some(({ scores }) =>
    [...scores.values()].some(({ reported }) => reported.evaluation.split === 'test'),
  );
  return `Each was chosen as its method's best on the dev rows${tested ? ', and is scored on the test rows where it was evaluated on them' : ', on which it is scored too: there is no test evaluation'}.`;
}

function taskColumns(materials: readonly SweepMaterial[]): readonly TaskColumn[] {
  const groups = groupBy(materials, taskKey);
  const baseOf = baseNames(materials);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const objective = firstObjective(first.snapshot);
    return [{ objective, materials: group, scores: bestByMethod(group, objective, baseOf) }];
  });
}

/** Equal where two sweeps' numbers are of the same metric, rows and classes. A program's rows are not known: it stands alone. */
function taskKey({ snapshot, provenance: { inputs } }: SweepMaterial): string {
  if (!traitsOf(snapshot.trainer).method) return snapshot.name;
  return canonicalJson({
    metric: firstObjective(snapshot).metric,
    kind: inputs.task.kind,
    labels: [...inputs.task.label_names],
    dev: inputs.dev.hash,
    test: inputs.test?.hash ?? null,
  });
}

/** What is said of a sweep's base model where sweeps have several: one method of two bases is two rows. */
function baseNames(materials: readonly SweepMaterial[]): (material: SweepMaterial) => string {
  const bases = materials.flatMap(({ snapshot, provenance: { inputs } }) =>
    traitsOf(snapshot.trainer).method ? [inputs.base] : [],
  );
  const contents = new Set(bases.map((base) => base.content_hash));
  return ({ snapshot, provenance: { inputs } }) => {
    if (contents.size < 2 || !traitsOf(snapshot.trainer).method) return '';
    const { reference, content_hash: hash } = inputs.base;
    const alike = new Set(bases.filter((base) => base.reference === reference).map((base) => base.content_hash));
    return `, ${reference}${alike.size < 2 ? '' : ` ${hash.slice(0, 8)}`}`;
  };
}

function bestByMethod(
  materials: readonly SweepMaterial[],
  objective: Objective,
  baseOf: (material: SweepMaterial) => string,
): ReadonlyMap<string, ColumnScore> {
  const all = materials.flatMap((material) =>
    methodScores(material.snapshot, objective).map(
      (score): ColumnScore => ({ ...score, method: `${score.method}${baseOf(material)}`, material }),
    ),
  );
  const byMethod = groupBy(all, ({ method }) => method);
  return new Map(
    [...byMethod].flatMap(([method, scores]) => {
      const [best] = rankScores(
        scores.map(({ chosen }) => chosen),
        objective,
      );
      const found = scores.find(({ chosen }) => chosen === best);
      return found === undefined ? [] : [[method, found]];
    }),
  );
}

/** The task's name and the metric; of data without a name, or where two columns would be called alike, the sweeps' names. */
function columnHeadings(columns: readonly TaskColumn[]): readonly string[] {
  const short = columns.map((column) => headed(column, taskName(column) ?? sweepNames(column)));
  return columns.map((column, index) =>
    short.indexOf(short[index] ?? '') === short.lastIndexOf(short[index] ?? '')
      ? (short[index] ?? '')
      : headed(column, sweepNames(column)),
  );
}

function headed({ materials: [first], objective }: TaskColumn, name: string): string {
  return first === undefined ? name : `${name}: ${headingOf(first.snapshot.definition, objective.metric)}`;
}

function taskName({ materials: [first] }: TaskColumn): string | null {
  if (first === undefined || !traitsOf(first.snapshot.trainer).method) return null;
  return dataName(first.snapshot.definition.task.data);
}

function sweepNames({ materials }: TaskColumn): string {
  return materials.map(({ snapshot }) => snapshot.name).join(', ');
}

function scoreCell({ scores, objective: { metric } }: TaskColumn, method: string): Cell {
  const score = scores.get(method);
  const interval = score === undefined ? null : shownInterval(score.reported, metric, score.material.noise);
  if (interval === null) return { text: '–', value: null };
  return { text: formatInterval(metric, interval), value: interval.mean };
}
