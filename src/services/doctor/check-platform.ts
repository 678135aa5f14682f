import { existsSync } from 'node:fs';
import type { DoctorFinding } from './doctor-finding.ts';

export interface Platform {
  /** As Node names it. */
  readonly system: string;
  readonly architecture: string;
  /** Version of the C library where it is glibc; null: another, musl for one. */
  readonly glibc: string | null;
  /** Whether there is a /bin/sh, by which initdb starts the server. */
  readonly shell: boolean;
}

export function thisPlatform(): Platform {
  const header: unknown = Reflect.get(Object(process.report.getReport()), 'header');
  const glibc: unknown = Reflect.get(Object(header), 'glibcVersionRuntime');
  return {
    system: process.platform,
    architecture: process.arch,
    glibc: typeof glibc === 'string' ? glibc : null,
    shell: existsSync('/bin/sh'),
  };
}

const architectures = ['x64', 'arm64'];

/** Whether the programs that are not JavaScript (onnxruntime, PostgreSQL, Temporal's core) can run here. */
export function checkPlatform({ system, architecture, glibc, shell }: Platform): DoctorFinding {
  const name = 'platform';
  const detail = `${system} ${architecture}`;
  const works = 'Linux with glibc, macOS or WSL2, on x64 or arm64';
  if (!['linux', 'darwin'].includes(system) || !architectures.includes(architecture)) {
    return { name, status: 'fail', detail, fix: `use ${works}` };
  }
  if (system === 'linux' && glibc === null) {
    const fix = `use a distribution with glibc, not musl (node:slim for an image of Alpine); what works: ${works}`;
    return { name, status: 'fail', detail: `${detail} without glibc`, fix };
  }
  const whole = glibc === null ? detail : `${detail}, glibc ${glibc}`;
  if (shell) return { name, status: 'ok', detail: whole };
  const fix = 'use an image with a shell, or set DATABASE_URL to a PostgreSQL of your own';
  return { name, status: 'warn', detail: `${whole}, without /bin/sh, which PostgreSQL’s initdb needs`, fix };
}
