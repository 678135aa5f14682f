import { span, type StyledLine } from './styled-line.ts';

/** As many lines as there are rows for; where some are left out, the last row says how many. */
export function cutLines(lines: readonly StyledLine[], height: number): readonly StyledLine[] {
  if (lines.length <= height) return lines;
  if (height <= 0) return [];
  return [...lines.slice(0, height - 1), [span(`  and ${lines.length - height + 1} more`, 'faint')]];
}
