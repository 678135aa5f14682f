/**
 * A constraint between axes as it stands in a sweep file: comparisons of arithmetic over fields, such as
 * `rank * train_instances <= 32`, joined by `and` and `or`.
 */
export interface Constraint {
  readonly text: string;
  /** Fields that it names, by the names that it uses. */
  readonly names: readonly string[];
  /** @param valueOf a field's value; undefined: the point has none, and what compares it holds */
  holds(valueOf: (name: string) => number | undefined): boolean;
}

type Values = (name: string) => number | undefined;
type Number = (values: Values) => number | undefined;
type Truth = (values: Values) => boolean;

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
};
const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
const tokenPattern = /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(<=|>=|==|!=|[-<>+*/()]))/y;

/** @returns the constraint, or what is wrong with it */
export function parseConstraint(text: string): Constraint | string {
  const tokens = tokensOf(text);
  if (typeof tokens === 'string') return tokens;
  const parser = new ConstraintParser(tokens);
  try {
    const holds = parser.whole();
    return { text, names: [...parser.names], holds };
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function tokensOf(text: string): readonly string[] | string {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (match === null) return `nothing is known of ${JSON.stringify(text.slice(at).trim().slice(0, 12))}`;
    tokens.push(match[0].trim());
  }
  return tokens;
}

/** Recursive descent: or, and, comparison, sum, product, factor. */
class ConstraintParser {
  readonly names = new Set<string>();
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Truth {
    const truth = this.#either();
    if (this.#at < this.#tokens.length) throw new SyntaxError(`${this.#next} is one too many`);
    return truth;
  }

  get #next(): string {
    return this.#tokens[this.#at] ?? 'its end';
  }

  #take(...wanted: readonly string[]): string | null {
    if (!wanted.includes(this.#next)) return null;
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? null;
  }

  #either(): Truth {
    const sides = [this.#both()];
    while (this.#take('or') !== null) sides.push(this.#both());
    return (values) => sides.some((side) => side(values));
  }

  #both(): Truth {
    const sides = [this.#comparison()];
    while (this.#take('and') !== null) sides.push(this.#comparison());
    return (values) => sides.every((side) => side(values));
  }

  #comparison(): Truth {
    const left = this.#sum();
    const sign = this.#take(...Object.keys(comparisons));
    const compare = comparisons[sign ?? ''];
    if (compare === undefined) throw new SyntaxError(`expected a comparison such as <= before ${this.#next}`);
    const right = this.#sum();
    return (values) => {
      const [a, b] = [left(values), right(values)];
      return a === undefined || b === undefined || compare(a, b);
    };
  }

  #sum(): Number {
    return this.#chain(() => this.#product(), '+', '-');
  }

  #product(): Number {
    return this.#chain(() => this.#factor(), '*', '/');
  }

  #chain(part: () => Number, ...signs: readonly string[]): Number {
    let left = part();
    for (let sign = this.#take(...signs); sign !== null; sign = this.#take(...signs)) {
      const [before, after, operate] = [left, part(), operations[sign]];
      left = (values) => {
        const [a, b] = [before(values), after(values)];
        return a === undefined || b === undefined ? undefined : operate?.(a, b);
      };
    }
    return left;
  }

  #factor(): Number {
    if (this.#take('(') !== null) {
      const inner = this.#sum();
      if (this.#take(')') === null) throw new SyntaxError(`expected ) before ${this.#next}`);
      return inner;
    }
    if (this.#take('-') !== null) {
      const inner = this.#factor();
      return (values) => {
        const value = inner(values);
        return value === undefined ? undefined : -value;
      };
    }
    const token = this.#next;
    this.#at += 1;
    if (/^[\d.]/.test(token)) return () => Number(token);
    if (!/^[A-Za-z_]\w*$/.test(token) || this.#at > this.#tokens.length || token === 'and' || token === 'or')
      throw new SyntaxError(`expected a number or a field, got ${token}`);
    this.names.add(token);
    return (values) => values(token);
  }
}
