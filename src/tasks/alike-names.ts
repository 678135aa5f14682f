import { dataInvalid } from '../data/raw-row.ts';
import { isNumeric } from './sorted-names.ts';

/** What is left of a name when all that is hard to see is taken out of it. */
export function seenOf(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Names that are easily taken for one another: by case, white space, accents composed or not, characters not seen. */
export function alikeNames(names: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const seen = seenOf(name);
    const group = groups.get(seen);
    if (group === undefined) groups.set(seen, [name]);
    else group.push(name);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The name that is meant by one that is none of them; null where none is like it. */
export function nameMeant(name: string, names: readonly string[]): string | null {
  const number = isNumeric(name) ? Number(name) : null;
  return (
    names.find((known) => seenOf(known) === seenOf(name) || (isNumeric(known) && Number(known) === number)) ?? null
  );
}

/** What is told of a name that is none of those known. @param otherwise what else helps than to correct the row */
export function unknownName(
  name: string,
  names: readonly string[],
  otherwise: string,
): { readonly got: string; readonly fix: string } {
  const meant = nameMeant(name, names);
  if (meant === null) return { got: name, fix: `correct the row, or ${otherwise}` };
  return { got: spelled(name), fix: `write it as the other rows do: ${spelled(meant)}` };
}

/** A name whose every character can be told: those beyond ASCII by their code points too. */
export function spelled(name: string): string {
  const points = Array.from(name, (character) => character.codePointAt(0) ?? 0).filter((point) => point > 0x7e);
  if (points.length === 0) return name;
  return `${name} (${points.map((point) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`).join(' ')})`;
}

/**
 * @param placeOf the first row that has a name
 * @throws DATA_INVALID where two classes are one number, written in two ways
 */
export function demandNumbersApart(names: readonly string[], placeOf: (name: string) => string | undefined): void {
  const byNumber = new Map<number, string>();
  for (const name of names.filter(isNumeric)) {
    // Numbers that a double cannot hold are told apart by their text.
    if (Math.abs(Number(name)) > Number.MAX_SAFE_INTEGER) continue;
    const other = byNumber.get(Number(name));
    if (other !== undefined) {
      const where = [other, name].flatMap((each) => placeOf(each) ?? []).join(' and ');
      throw dataInvalid(where === '' ? 'task' : where, 'two classes are the same number', {
        got: `${other} and ${name}`,
        expected: 'one way to write each number',
        fix: 'write the labels in one way; or list them in task.labels, each quoted, if they are classes apart',
      });
    }
    byNumber.set(Number(name), name);
  }
}
