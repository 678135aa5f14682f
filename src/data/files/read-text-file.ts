import { fileBytes, otherKind } from './file-bytes.ts';
import { dataInvalid } from '../raw-row.ts';

/**
 * A file's text without its byte-order mark, unpacked where it is compressed.
 * @param encoding as the sweep file names it
 * @throws DATA_INVALID where it is missing, or is something else
 */
export function readTextFile(path: string, encoding = 'utf-8'): string {
  const bytes = fileBytes(path);
  const other = otherKind(bytes);
  if (other !== null && encoding === 'utf-8') {
    throw dataInvalid(path, `a data file is ${other.words}`, { expected: 'UTF-8 text', fix: other.fix });
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const name = encoding === 'utf-8' ? 'UTF-8' : encoding;
    const line = encoding === 'utf-8' ? firstOther(bytes) : null;
    throw dataInvalid(line === null ? path : `${path}:${line}`, `a data file is not ${name}`, {
      expected: `${name} text`,
      fix: 'save it as UTF-8, or name its encoding in task.data.encoding, such as latin1 or shift_jis',
      cause: error,
    });
  }
}

/** The first line that is not UTF-8, whose bytes of a line break stand for nothing else. */
function firstOther(bytes: Uint8Array): number | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const next = end === -1 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, next));
    } catch {
      return line;
    }
    start = next;
  }
  return null;
}
