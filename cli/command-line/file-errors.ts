import { stateDirectory } from '../../local/running-instance.ts';

/** Reasons for which the operating system refuses a file: https://nodejs.org/api/errors.html */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'a file with this name exists',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'it has too many symbolic links',
};

/** Names the reason for which a file cannot be used. Returns undefined for another error. */
export const reasonOf = (error: unknown): string | undefined =>
  reasons[(Object(error) as NodeJS.ErrnoException).code ?? ''];

/** Explains a file that cannot be used. Returns undefined for every other error. */
export function explainFileError(error: unknown): string | undefined {
  const { path } = Object(error) as NodeJS.ErrnoException;
  const reason = reasonOf(error);
  if (reason === undefined) return undefined;
  // A read of a directory names no path.
  const subject = path ?? 'A file';
  const remedy =
    path?.startsWith(stateDirectory) === false
      ? ''
      : ` Make ${stateDirectory} readable and writable, or set LOCAL_STATE_DIRECTORY to another ` +
        'directory.';
  return `${subject} cannot be used: ${reason}.${remedy}`;
}
