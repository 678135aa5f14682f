import type { IBufferCell, Terminal } from '@xterm/headless';

/** Of a cell, in pixels. */
const cellWidth = 8;
const cellHeight = 17;
const margin = 8;

const ground = '#14161b';
const text = '#d5d8de';

/** The sixteen colours that palettes begin with. */
const palette: readonly string[] = [
  '#14161b',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#d5d8de',
  '#5c6370',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#ffffff',
];

/** What a terminal shows, as a picture: its cells as SVG. */
export function terminalPicture(terminal: Terminal, title: string): string {
  const width = terminal.cols * cellWidth + 2 * margin;
  const height = terminal.rows * cellHeight + 2 * margin;
  const buffer = terminal.buffer.active;
  const parts: string[] = [];
  for (let row = 0; row < terminal.rows; row += 1) {
    const line = buffer.getLine(buffer.viewportY + row);
    if (line === undefined) continue;
    const cells = Array.from({ length: terminal.cols }, (_, column) => line.getCell(column));
    parts.push(...rowParts(cells, row));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="${ground}"/>`,
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="13" fill="${text}">`,
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

interface Run {
  column: number;
  length: number;
  characters: string;
  readonly style: string;
  readonly inverse: boolean;
}

/** Neighbours of one style as one piece of text, as wide as its cells are. */
function rowParts(cells: readonly (IBufferCell | undefined)[], row: number): readonly string[] {
  const runs: Run[] = [];
  for (const [column, cell] of cells.entries()) {
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const inverse = cell.isInverse() !== 0;
    const characters = cell.getChars() || ' ';
    const last = runs.at(-1);
    if (last !== undefined && last.style === style && last.inverse === inverse) {
      last.characters += characters;
      last.length += cell.getWidth();
    } else runs.push({ column, length: cell.getWidth(), characters, style, inverse });
  }
  const y = margin + row * cellHeight;
  return runs.flatMap((run) => {
    if (run.characters.trim() === '' && !run.inverse) return [];
    const trimmed = run.inverse ? run.characters : run.characters.trimEnd();
    const length = (run.length - (run.characters.length - trimmed.length)) * cellWidth;
    const x = margin + run.column * cellWidth;
    const piece = `<text x="${x}" y="${y + 13}" textLength="${length}"${run.style}>${escaped(trimmed)}</text>`;
    return run.inverse
      ? [`<rect x="${x}" y="${y}" width="${length}" height="${cellHeight}" fill="${text}"/>`, piece]
      : [piece];
  });
}

function styleOf(cell: IBufferCell): string {
  const colour = cell.isInverse() !== 0 ? ground : colourOf(cell);
  return [
    colour === null ? '' : ` fill="${colour}"`,
    cell.isBold() === 0 ? '' : ' font-weight="bold"',
    cell.isDim() === 0 ? '' : ' opacity="0.6"',
  ].join('');
}

function colourOf(cell: IBufferCell): string | null {
  if (cell.isFgRGB()) return `#${cell.getFgColor().toString(16).padStart(6, '0')}`;
  return cell.isFgPalette() ? (palette[cell.getFgColor()] ?? null) : null;
}

function escaped(plain: string): string {
  // Spaces that no viewer folds into one.
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00A0');
}
