import { isDiskFull } from './disk-full.ts';
import { DropsweepError } from './errors.ts';

/** Faults of a file or folder that a person can mend, by the system's code. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it is there already',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk fails',
};

const closed: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);
const otherPlace = 'name another place: DROPSWEEP_DATA for data, XDG_CACHE_HOME for the cache';

/** The system's refusal of a file or folder, in our words; null: the error is none of its. */
export function fileRefusal(error: unknown): DropsweepError | null {
  if (!(error instanceof Error) || error instanceof DropsweepError) return null;
  const { code, syscall, path }: NodeJS.ErrnoException = error;
  if (isDiskFull(error)) {
    const where = path === undefined ? {} : { where: path };
    return new DropsweepError('DISK_FULL', 'there is no room', { ...where, fix: 'make room there', cause: error });
  }
  const why = refusals[code ?? ''];
  if (code === undefined || why === undefined || path === undefined || syscall === undefined) return null;
  return new DropsweepError('FILE_REFUSED', 'the system refuses a file or folder', {
    where: path,
    got: `${syscall}: ${why} (${code})`,
    fix: closed.has(code) ? `give this user its rights there, or ${otherPlace}` : `correct the path, or ${otherPlace}`,
    cause: error,
  });
}
