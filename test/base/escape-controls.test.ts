import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../src/base/escape-controls.ts';
import { formatClock, formatMoment } from '../../src/metrics/values/format-value.ts';
import { printable } from '../../src/dashboard/terminal/styled-line.ts';

const dangerous = ['\u001B[2J', '\u009B31m', '\u0007', '\r', '\u202E', '\u2066', '\uD83D', '\u0000', '\u007F'];

describe('text of others', () => {
  it.each(dangerous)('reaches no terminal as it came: %j', (text) => {
    const escaped = escapeControls(`label ${text} here\n\tnext`);
    expect(escaped).toMatch(/^label \\u[0-9a-f]{4}.* here\n\tnext$/);
    expect(escaped).not.toContain(text);
    expect(printable(`a${text}b`)).not.toContain(text);
  });

  it('stays as it is where nothing in it steers a terminal', () => {
    for (const text of ['café', '中文 👩‍👩‍👧 λ', 'two\nlines\tand a tab', '😀'])
      expect(escapeControls(text)).toBe(text);
  });
});

describe('a time', () => {
  it('carries its zone', () => {
    const at = new Date(Date.UTC(2026, 2, 1, 7, 16, 56));
    expect(formatClock(at)).toBe('07:16:56Z');
    expect(formatMoment(at)).toBe('2026-03-01 07:16:56Z');
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Asia/Tokyo';
      expect(formatClock(at)).toBe('16:16:56+09');
      process.env['TZ'] = 'Asia/Kolkata';
      expect(formatMoment(at)).toBe('2026-03-01 12:46:56+05:30');
      process.env['TZ'] = 'America/New_York';
      expect(formatClock(at)).toBe('02:16:56-05');
    } finally {
      process.env['TZ'] = zone;
    }
  });
});
