import { readFileSync } from 'node:fs';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Under root this names the user that its processes get: `postgres` where the
 * machine has one, else `nobody`. For anybody else: null, the processes run as their caller.
 */
export function unprivilegedUser(passwd: string = '/etc/passwd'): UserIds | null {
  if (process.getuid?.() !== 0) return null;
  const users = new Map<string, UserIds>();
  for (const line of readFileSync(passwd, 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && uid !== undefined && gid !== undefined)
      users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return users.get('postgres') ?? users.get('nobody') ?? { uid: 65534, gid: 65534 };
}
