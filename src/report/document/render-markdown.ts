import { assertNever } from '../../base/assert-never.ts';
import { areNumbersShown, chartTable } from '../charts/chart-table.ts';
import type { Block, ReportDocument, Table } from './document.ts';

/** The document as GitHub's Markdown: a figure as its description and its numbers. */
export function renderMarkdown({ title, subtitle, sections }: ReportDocument): string {
  const parts = sections.flatMap(({ heading, blocks }) => [`## ${escaped(heading)}`, ...blocks.map(renderBlock)]);
  return `${[`# ${escaped(title)}`, escaped(subtitle), ...parts].join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return escaped(block.text);
    case 'heading':
      return `### ${escaped(block.text)}`;
    case 'list':
      return block.items.map((item) => `* ${escaped(item)}`).join('\n');
    case 'code':
      return `${escaped(block.caption)}:\n\n${fenced(block.text)}`;
    case 'table':
      return renderTable(block);
    case 'figure':
      return areNumbersShown(block)
        ? `${escaped(block.chart.description)}\n\n${renderTable(chartTable(block))}`
        : `**${escaped(block.caption)}**: ${escaped(block.chart.description)}`;
    default:
      return assertNever(block, 'block of a report');
  }
}

function renderTable({ caption, columns, rows, notes = [] }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `**${escaped(caption)}**`,
    '',
    line(columns.map(({ heading }) => escaped(heading))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((cells) => line(cells.map(({ text }) => escaped(text)))),
    ...(rows.length === 0 ? ['', '(none)'] : []),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${escaped(note)}`)]),
  ].join('\n');
}

/** Text that ends no cell or line and starts no markup. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, (sign) => `\\${sign}`).replaceAll(/\s+/g, ' ');
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
