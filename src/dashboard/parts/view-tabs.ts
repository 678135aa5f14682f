import { lineWidth, span, type StyledLine } from '../terminal/styled-line.ts';
import { views } from '../views/views.ts';

interface Tab {
  readonly view: string;
  readonly line: StyledLine;
}

/** The views that have a key, for a mouse to choose from; where they do not all fit, those that are not shown by key alone. */
function tabsOf(shown: string, width: number): readonly Tab[] {
  const all = views.flatMap(({ name, key }) => (key === undefined ? [] : [{ name, key }]));
  const whole = all.reduce((sum, { name, key }) => sum + key.length + name.length + 3, -2);
  return all.map(({ name, key }) => {
    const text = whole <= width || name === shown ? `${key} ${name}` : key;
    return { view: name, line: [span(text, name === shown ? 'loud' : 'heading')] };
  });
}

/** One line of tabs, two columns apart. */
export function tabLine(shown: string, width: number): StyledLine {
  return tabsOf(shown, width).flatMap(({ line }, index) => (index === 0 ? line : [span('  '), ...line]));
}

/** The view whose tab is in a column; null: there is none. */
export function tabAt(column: number, shown: string, width: number): string | null {
  let from = 0;
  for (const { view, line } of tabsOf(shown, width)) {
    const to = from + lineWidth(line);
    if (column >= from && column < to) return view;
    from = to + 2;
  }
  return null;
}
