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
    throw dataInvalid(path, `a data file is not ${name}`, {
      expected: `${name} text`,
      fix: 'name its encoding in task.data.encoding, such as latin1 or shift_jis',
      cause: error,
    });
  }
}
