import { DropsweepError } from '../../../base/errors.ts';
import type { EncoderReading, TableRows } from '../../../models/encoder.ts';
import type { Value } from '../../../onnx/graph.ts';
import type { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { keepElements } from '../../../onnx/rewrites/keep-elements.ts';
import { gatherRows } from '../../../onnx/operators.ts';
import type { PlaceKind } from '../../../sweep/element-dropout.ts';

/** Where elements are dropped: one mask of one instance. */
export interface DropoutPlace {
  /** The adapted linear (`….positions` where it sees a table of positions), or transformers' module. */
  readonly name: string;
  readonly kind: PlaceKind;
  readonly features: number;
  /** All tokens of each sample, each sample's first, or so many rows of a table that all samples share. */
  readonly rows: EncoderReading | number;
}

/** Name of the graph's input for a place's mask: uint8 [rows, features], 1 keeps. */
export const keepInput = ({ name }: DropoutPlace): string => `keep_${name}`;

/** Name of the graph's input that kept elements of a kind are multiplied by, 1 / (1 − rate): float []. */
export const factorInput = (kind: PlaceKind): string => `${kind}_factor`;

/**
 * The places of a graph, found while it is built. A place's mask is an input of the outer graph, declared where it is
 * first asked for and shared by the branches.
 */
export class DropoutPlaces {
  readonly #outer: GraphBuilder;
  readonly #kinds: ReadonlySet<PlaceKind>;
  readonly #masks = new Map<string, { readonly place: DropoutPlace; readonly keep: Value }>();
  readonly #factors = new Map<PlaceKind, Value>();

  /** @param kinds those that the graph has */
  constructor(outer: GraphBuilder, kinds: ReadonlySet<PlaceKind>) {
    this.#outer = outer;
    this.#kinds = kinds;
  }

  has(kind: PlaceKind): boolean {
    return this.#kinds.has(kind);
  }

  get found(): readonly DropoutPlace[] {
    return [...this.#masks.values()].map(({ place }) => place);
  }

  /**
   * What is left of x, and what it is to be multiplied by; null where the graph has no such dropout.
   * @param x [rows, features]
   * @param table where x's rows are a table's: the mask is the table's too, and its rows are taken as x's were
   * @throws MODEL_UNSUPPORTED where the rows are neither tokens nor a table's
   */
  drop(
    b: GraphBuilder,
    { kind, name, table }: { readonly kind: PlaceKind; readonly name: string; readonly table?: TableRows },
    x: Value,
  ): { readonly kept: Value; readonly factor: Value } | null {
    if (!this.#kinds.has(kind)) return null;
    const keep = this.#mask(kind, name, x, table);
    const kept = keepElements(b, x, table === undefined ? keep : gatherRows(b, keep, table.numbers));
    return { kept, factor: this.#factor(kind) };
  }

  #mask(kind: PlaceKind, name: string, x: Value, table: TableRows | undefined): Value {
    const known = this.#masks.get(name);
    if (known !== undefined) return known.keep;
    const rows = table?.size ?? x.shape[0] ?? 1;
    if (typeof rows === 'number' && kind.startsWith('row_')) throw noRowOfTable(name);
    const place = { name, kind, features: Number(x.shape[1]), rows: rowsOf(name, rows) };
    const keep = this.#outer.input(keepInput(place), 'uint8', [rows, place.features]);
    this.#masks.set(name, { place, keep });
    return keep;
  }

  #factor(kind: PlaceKind): Value {
    const factor = this.#factors.get(kind) ?? this.#outer.input(factorInput(kind), 'float', []);
    this.#factors.set(kind, factor);
    return factor;
  }
}

function rowsOf(name: string, rows: number | string): DropoutPlace['rows'] {
  if (rows === 'batch·tokens') return 'all_tokens';
  if (rows === 'batch') return 'first_token';
  if (typeof rows === 'number') return rows;
  throw new DropsweepError('MODEL_UNSUPPORTED', 'rows that are neither tokens nor of a table cannot be dropped from', {
    where: name,
    got: `rows: ${rows}`,
    expected: 'rows of tokens',
    fix: 'leave out lora_dropout, or the linear from targets',
  });
}

/** A table's rows are of no sample: what is dropped for each sample cannot be dropped there. */
function noRowOfTable(name: string): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'a linear over a table of positions has no rows to draw masks for', {
    where: name,
    got: 'mask_sharing: row',
    expected: 'mask_sharing: instance or step',
    fix: 'leave out mask_sharing, or the linear from targets',
  });
}
