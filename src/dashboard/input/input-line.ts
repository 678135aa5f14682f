import type { PressedKey } from './key-bindings.ts';
import { clipLine, printable, span, type StyledLine } from '../terminal/styled-line.ts';
import { textWidth } from '../terminal/text-width.ts';
import { wrapWords } from '../../base/wrap-words.ts';

/** A line that is typed at the foot of the screen. */
export interface InputLine {
  /** What is asked for, before the text. */
  readonly sign: string;
  readonly text: string;
  /** Characters before the cursor. */
  readonly cursor: number;
  /** Why it was not taken; null: nothing is wrong. */
  readonly problem: string | null;
}

export function inputLine(sign: string, text: string): InputLine {
  return { sign, text, cursor: text.length, problem: null };
}

/** The line after a key or a text; null: the key is none of editing. */
export function editLine(line: InputLine, input: string, key: PressedKey): InputLine | null {
  const { text, cursor } = line;
  const moved = (to: number): InputLine => ({ ...line, cursor: Math.max(0, Math.min(text.length, to)) });
  if (key.leftArrow === true) return moved(beforeCursor(line));
  if (key.rightArrow === true) return moved(cursor + ((text.codePointAt(cursor) ?? 0) > 0xffff ? 2 : 1));
  if (key.home === true || (key.ctrl === true && input === 'a')) return moved(0);
  if (key.end === true || (key.ctrl === true && input === 'e')) return moved(text.length);
  // Terminals send the same for both.
  if (key.backspace === true || key.delete === true) return without(line, beforeCursor(line));
  if (key.ctrl === true && input === 'u') return without(line, 0);
  if (key.ctrl === true && input === 'w') return without(line, text.slice(0, cursor).search(/\S+\s*$/));
  if (key.ctrl === true || input === '') return null;
  return insertText(line, input);
}

/** With a text where the cursor is, control characters and ends of lines as spaces. */
export function insertText(line: InputLine, added: string): InputLine {
  const clean = printable(added);
  const { text, cursor } = line;
  return {
    ...line,
    text: text.slice(0, cursor) + clean + text.slice(cursor),
    cursor: cursor + clean.length,
    problem: null,
  };
}

/** Where the character before the cursor begins. */
function beforeCursor({ text, cursor }: InputLine): number {
  return Math.max(0, cursor - ((text.codePointAt(cursor - 2) ?? 0) > 0xffff ? 2 : 1));
}

function without(line: InputLine, from: number): InputLine {
  const { text, cursor } = line;
  const begin = Math.max(0, from);
  return { ...line, text: text.slice(0, begin) + text.slice(cursor), cursor: begin, problem: null };
}

/** Columns for what is typed, and for the hint, beside what is asked. */
const roomForAnswer = 28;

/** The line as it is seen; what is asked stands above it where it leaves no room for an answer: it is never cut. */
export function drawInputLines(line: InputLine, hint: string, width: number): readonly StyledLine[] {
  const { sign } = line;
  if (textWidth(sign) <= Math.max(2, width - roomForAnswer)) return [drawInputLine(line, hint, width)];
  const asked = wrapWords(printable(sign).trimEnd(), width)
    // A name may be wider than the terminal.
    .flatMap((text) => text.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [])
    .map((text): StyledLine => [span(text, 'heading')]);
  return [...asked, drawInputLine({ ...line, sign: '> ' }, hint, width)];
}

/** In one line: its end where it is too long, and beside it what could be typed. */
function drawInputLine({ sign, text, cursor, problem }: InputLine, hint: string, width: number): StyledLine {
  const room = Math.max(1, width - sign.length - 1);
  const skipped = Math.max(0, cursor - room + 1);
  const before = text.slice(skipped, cursor);
  const at = text.codePointAt(cursor);
  const under = at === undefined ? ' ' : String.fromCodePoint(at);
  const line: StyledLine = [
    span(sign, 'heading'),
    span(before),
    span(under, 'loud'),
    span(text.slice(cursor + under.length)),
    span('  '),
    span(problem === null ? hint : '', 'faint'),
  ];
  return clipLine(line, width);
}
