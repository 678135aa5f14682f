import { formatNumber } from './format-number.ts';

/** Numbers and times as short text of predictable width. Null shows as `–`. */

const absent = '–';

/** Any number in three significant digits: 12.3, 0.00456, 1044, 7.8e-9, 1.2e8. */
export function formatQuantity(value: number | null): string {
  return value === null ? absent : formatNumber(value);
}

/** A setting as its author wrote it, shortened: 0.5, 1e-4, 0.0012, a seed 20240101. */
export function formatSetting(value: number | string | null): string {
  if (value === null) return 'none';
  if (typeof value === 'string') return value;
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const long = magnitude < 0.001 || (magnitude >= 1e6 && !Number.isSafeInteger(value));
  return long ? value.toExponential().replace('e+', 'e') : String(value);
}

export function formatPercent(done: number, total: number): string {
  if (total <= 0) return '0 %';
  // Rounded down: 100 % is said only of what is done.
  const percent = Math.floor((100 * done) / total);
  return `${Math.max(0, Math.min(100, percent))} %`;
}

/** A time span: `48 s`, `4 min 12 s`, `1 h 05 min`, `3 d 04 h`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** The time of day on this machine's clock, with its zone: `16:07:56+09`, `07:07:56Z`. */
export function formatClock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${zoneOf(at)}`;
}

/** Day and time on this machine's clock, with its zone: `2026-03-01 16:07:56+09`. */
export function formatMoment(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${formatClock(at)}`;
}

function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return 'Z';
  const magnitude = Math.abs(minutes);
  const rest = magnitude % 60 === 0 ? '' : `:${two(magnitude % 60)}`;
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(magnitude / 60))}${rest}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
