/** One thing that was looked at. */
export interface DoctorFinding {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** Advice; there where the status is not ok. */
  readonly fix?: string;
}
