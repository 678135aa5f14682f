/** A form in which JSON can hold what it has no word for; no record of a memory has a member of this name. */
const form = '';

/**
 * All that a fold remembers, as plain data under names. Whoever takes part in a fold keeps what it has heard in parts of
 * its memory and nowhere else, so that one mechanism can write any fold down and take it up again: opened over a memory
 * that was read, a fold is where the one was that wrote it. A part holds numbers, strings, booleans, null, lists, records,
 * Maps and Sets of these, each object in one place: what is meant twice is named by its key.
 */
export class FoldMemory {
  readonly #parts: Map<string, object>;
  readonly #place: string;

  private constructor(parts: Map<string, object>, place: string) {
    this.#parts = parts;
    this.#place = place;
  }

  static empty(): FoldMemory {
    return new FoldMemory(new Map(), '');
  }

  /** @param text as `spelled` gives it */
  static read(text: string): FoldMemory {
    return new FoldMemory(decode(JSON.parse(text)) as Map<string, object>, '');
  }

  /** The part of that name: as it was left, or as it begins. It is changed in place. */
  part<Part extends object>(name: string, fresh: Part): Part {
    const at = `${this.#place}${name}`;
    const known = this.#parts.get(at);
    if (known !== undefined) return known as Part;
    this.#parts.set(at, fresh);
    return fresh;
  }

  /** The same memory for one of several that would use the same names. */
  within(name: string): FoldMemory {
    return new FoldMemory(this.#parts, `${this.#place}${name}/`);
  }

  /** As text. Two folds that remember the same, in the same order, have the same. */
  spelled(): string {
    return JSON.stringify(encode(this.#parts, new Set()));
  }
}

function encode(value: unknown, met: Set<object>): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [form]: String(value) };
  if (value === undefined) return { [form]: 'none' };
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw new TypeError(`a fold's memory cannot hold a ${typeof value}`);
  if (value === null || typeof value !== 'object') return value;
  if (met.has(value)) throw new TypeError('a fold’s memory holds an object in two places: name it by a key in one');
  met.add(value);
  if (Array.isArray(value)) return Array.from(value, (each) => encode(each, met));
  if (value instanceof Set) return { [form]: 'set', of: Array.from(value, (each) => encode(each, met)) };
  if (value instanceof Map)
    return { [form]: 'map', of: Array.from(value).flatMap(([key, each]) => [encode(key, met), encode(each, met)]) };
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new TypeError(`a fold's memory cannot hold a ${value.constructor.name}`);
  const record: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) if (each !== undefined) record[name] = encode(each, met);
  return record;
}

function decode(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return listOf(value);
  const record = value as Record<string, unknown>;
  const kind = record[form];
  if (kind === undefined) {
    for (const name of Object.keys(record)) record[name] = decode(record[name]);
    return record;
  }
  const of = Array.isArray(record['of']) ? (record['of'] as unknown[]) : [];
  if (kind === 'set') return new Set(of.map(decode));
  if (kind !== 'map') return kind === 'none' ? undefined : Number(kind);
  const map = new Map<unknown, unknown>();
  for (let place = 0; place < of.length; place += 2) map.set(decode(of[place]), decode(of[place + 1]));
  return map;
}

/** A place of a list that nothing was put into stays one. */
function listOf(values: readonly unknown[]): unknown[] {
  const list: unknown[] = [];
  list.length = values.length;
  values.forEach((value, place) => {
    const decoded = decode(value);
    if (decoded !== undefined) list[place] = decoded;
  });
  return list;
}
