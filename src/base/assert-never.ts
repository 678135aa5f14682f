/** Ends an exhaustive switch: a value that reaches it is a variant nobody handled. */
export function assertNever(value: never, what: string): never {
  throw new TypeError(`unhandled ${what}: ${JSON.stringify(value)}`);
}
