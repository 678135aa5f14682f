/** A count with its noun: `1 training`, `2 trainings`, `0 classes`. @param plural where it is not the noun and an s */
export function formatCount(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
