import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
  type Document,
} from 'yaml';
import { type NumberRule, refusal } from './number-rules.ts';
import { didYouMean, type SweepFileProblem } from './sweep-file-problems.ts';

/** The document that is being read, and what was found wrong in it so far. */
export class YamlReading {
  readonly problems: SweepFileProblem[] = [];
  private readonly document: Document;
  private readonly lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.document = document;
    this.lines = lines;
  }

  report(node: Node | null, field: string, text: string): void {
    const start = node?.range?.[0] ?? 0;
    const { line, col } = this.lines.linePos(start);
    this.problems.push({ line: Math.max(1, line), column: Math.max(1, col), field, text });
  }

  /** The node that an alias stands for; any other node is itself. */
  resolve(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.document) ?? null;
    return isMap(node) || isSeq(node) || isScalar(node) ? node : null;
  }

  /** The pairs of a mapping, and of those that its `<<` names, the nearer one's where several have a key. */
  mergedPairs(node: YAMLMap, name: string, above: readonly YAMLMap[] = []): readonly Pair[] {
    const pairs: Pair[] = node.items.filter((pair) => keyOf(pair) !== '<<');
    for (const merge of node.items.filter((pair) => keyOf(pair) === '<<')) {
      const value = this.resolve(merge.value);
      const sources = isSeq(value) ? value.items.map((item) => this.resolve(item)) : [value];
      for (const source of sources) {
        if (!isMap(source) || above.includes(source) || source === node) {
          this.report(isScalar(merge.key) ? merge.key : node, name, 'merges what is no other mapping');
          continue;
        }
        const taken = new Set(pairs.map(keyOf));
        pairs.push(...this.mergedPairs(source, name, [...above, node]).filter((pair) => !taken.has(keyOf(pair))));
      }
    }
    return pairs;
  }
}

/** A key as it is written, whatever YAML takes `true`, `null` or `1.0` for; null: it is no word. */
function keyOf({ key }: Pair): string | null {
  if (!isScalar(key)) return null;
  const { value, source } = key;
  if (typeof value === 'string') return value;
  const written = source ?? String(value);
  return written === '' ? null : written;
}

/** A field's node, with what it is called in messages. */
export interface Field {
  readonly node: Node;
  readonly name: string;
}

/** One mapping of the file. Reads fields by name, notes which were asked for, and reports the others. */
export class YamlSection {
  readonly reading: YamlReading;
  readonly node: YAMLMap;
  readonly path: string;
  private readonly known = new Set<string>();
  private readonly pairs: readonly Pair[];

  constructor(reading: YamlReading, node: YAMLMap, path: string) {
    this.reading = reading;
    this.node = node;
    this.path = path;
    this.pairs = reading.mergedPairs(node, this.name('<<'));
  }

  name(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** The field of a key, or of its alias; null when it is absent or has no value. Both at once is a problem. */
  field(key: string, alias?: string): Field | null {
    this.known.add(key);
    if (alias !== undefined) this.known.add(alias);
    const byAlias = alias === undefined ? null : this.valueOf(alias);
    const byKey = this.valueOf(key);
    if (byKey !== null && byAlias !== null) {
      this.reading.report(
        byAlias.node,
        byAlias.name,
        `${alias} is another name of ${key}, which is given too; keep one`,
      );
    }
    return byKey ?? byAlias;
  }

  private valueOf(key: string): Field | null {
    const pair = this.pairs.find((each) => keyOf(each) === key);
    if (pair === undefined) return null;
    const node = this.reading.resolve(pair.value);
    if (node !== null && !(isScalar(node) && node.value === null)) return { node, name: this.name(key) };
    const place = isScalar(pair.key) ? pair.key : null;
    this.reading.report(place, this.name(key), 'has no value; give one or take the line out');
    return null;
  }

  /** The node at a key; asking for it takes nothing. */
  peek(key: string): Node | null {
    const pair = this.pairs.find((each) => keyOf(each) === key);
    return pair === undefined ? null : this.reading.resolve(pair.value);
  }

  has(key: string): boolean {
    return this.pairs.some((pair) => keyOf(pair) === key);
  }

  /** Of what may be called anything: the names that stand here, as they are written. */
  keys(): readonly string[] {
    return [...new Set(this.pairs.flatMap((pair) => keyOf(pair) ?? []))];
  }

  /** The same with their values, each name as the text that stands there: `1.0` is no other name than `"1.0"`. */
  named(): readonly (Field & { readonly key: string })[] {
    const keys = new Set<string>();
    return this.pairs.flatMap((pair) => {
      const { key, value } = pair;
      const written = keyOf(pair);
      const node = this.reading.resolve(value);
      const name = this.name(written ?? '');
      const problem =
        written === null
          ? 'is no name; give a text or a number'
          : keys.has(written)
            ? 'stands here twice'
            : node === null || (isScalar(node) && node.value === null)
              ? 'has no value; give one or take the line out'
              : null;
      if (problem !== null) this.reading.report(isScalar(key) ? key : this.node, name, problem);
      if (problem !== null || written === null || node === null) return [];
      keys.add(written);
      return [{ key: written, node, name }];
    });
  }

  /** A mapping below this one; null when it is absent or is something else, which is reported. */
  section(key: string): YamlSection | null {
    const field = this.field(key);
    if (field === null) return null;
    if (isMap(field.node)) return new YamlSection(this.reading, field.node, field.name);
    this.wrong(field, 'a mapping of fields');
    return null;
  }

  text(key: string): string | null {
    const field = this.field(key);
    return field === null ? null : this.textOf(field);
  }

  textOf(field: Field): string | null {
    if (isScalar(field.node) && typeof field.node.value === 'string' && field.node.value.trim() !== '') {
      if (!/[\0\p{Surrogate}]/u.test(field.node.value)) return field.node.value;
      this.wrong(field, 'text without NUL and halves of surrogate pairs');
      return null;
    }
    this.wrong(field, 'text', isScalar(field.node) && field.node.value !== '' ? '; quote it' : '');
    return null;
  }

  /** An argument of a command line: a text, or a number as it stands in the file. */
  argumentOf(field: Field): string | null {
    const isNumber = isScalar(field.node) && typeof field.node.value === 'number';
    if (isNumber) return isScalar(field.node) ? (field.node.source ?? String(field.node.value)) : null;
    if (!isMap(field.node)) return this.textOf(field);
    this.wrong(field, 'text', '; braces are quoted: "{config}"');
    return null;
  }

  number(key: string, rule: NumberRule, alias?: string): number | null {
    const field = this.field(key, alias);
    return field === null ? null : this.numberOf(field, rule);
  }

  numberOf(field: Field, rule: NumberRule): number | null {
    const value = isScalar(field.node) ? field.node.value : null;
    if (typeof value === 'number' && rule.accepts(value)) return value === 0 ? 0 : value;
    const isQuoted = typeof value === 'string' && value.trim() !== '' && rule.accepts(Number(value));
    this.wrong(
      field,
      typeof value === 'number' ? refusal(rule, value) : rule.expected,
      isQuoted ? '; take the quotation marks away' : '',
    );
    return null;
  }

  flagOf(field: Field): boolean | null {
    if (isScalar(field.node) && typeof field.node.value === 'boolean') return field.node.value;
    this.wrong(field, 'true or false');
    return null;
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | null {
    const field = this.field(key);
    return field === null ? null : this.choiceOf(field, choices);
  }

  choiceOf<Choice extends string>(field: Field, choices: readonly Choice[]): Choice | null {
    const value = isScalar(field.node) ? field.node.value : null;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    const hint = typeof value === 'string' ? didYouMean(value, choices) : '';
    this.wrong(field, choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(', ')}`, hint);
    return null;
  }

  /** The items of a list, a single value counting as a list of one. An empty list is a problem. */
  items(field: Field): readonly Field[] {
    if (!isSeq(field.node)) return [field];
    if (field.node.items.length === 0)
      this.reading.report(field.node, field.name, 'the list is empty; give at least one value');
    return field.node.items.flatMap((item, index) => {
      const node = this.reading.resolve(item);
      return node === null ? [] : [{ node, name: `${field.name}[${index}]` }];
    });
  }

  /** Reads each item of a list; a value that stands there twice is a problem. */
  list<Value extends number | string>(field: Field, read: (item: Field) => Value | null): readonly Value[] {
    const seen = new Set<Value>();
    for (const item of this.items(field)) {
      const value = read(item);
      if (value === null) continue;
      if (seen.has(value)) this.reading.report(item.node, item.name, `${value} stands in the list twice`);
      seen.add(value);
    }
    return [...seen];
  }

  wrong(field: Field, expected: string, hint = ''): void {
    this.reading.report(field.node, field.name, `got ${describeNode(field.node)}, expected ${expected}${hint}`);
  }

  missing(key: string, expected: string): void {
    this.reading.report(this.node, this.name(key), `is missing; expected ${expected}`);
  }

  /** Reports every key that nothing asked for, or that stands here twice in two spellings. Called last. */
  finish(): void {
    const known = [...this.known];
    const seen = new Set<string>();
    for (const pair of this.pairs) {
      const word = keyOf(pair);
      const place = isScalar(pair.key) ? pair.key : this.node;
      const isKnown = word !== null && this.known.has(word);
      if (isKnown && seen.has(word)) this.reading.report(place, this.name(word), 'stands here twice');
      if (word !== null) seen.add(word);
      if (isKnown) continue;
      const text = `unknown key${didYouMean(word ?? '', known) || `; known are ${known.join(', ')}`}`;
      this.reading.report(place, this.name(word ?? 'a complex key'), text);
    }
  }
}

function describeNode(node: Node): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'something else';
  const { value } = node;
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  return node.source ?? String(value);
}
