import { createHash } from 'node:crypto';
import { assertNever } from '../../base/assert-never.ts';
import { areNumbersShown, chartTable } from '../charts/chart-table.ts';
import { drawChart } from '../charts/draw-chart.ts';
import { renderSvg } from '../charts/render-svg.ts';
import type { Block, Cell, DocumentSection, Figure, ReportDocument, Table } from './document.ts';
import { escapeMarkup } from './markup.ts';
import { withMinusSigns } from './minus-signs.ts';
import { pageStyle } from './page-style.ts';
import { tableScript } from './table-script.ts';

/** One page that needs nothing else: no network, no folder beside it. Its policy lets no other script run. */
export function renderHtml({ title, subtitle, sections }: ReportDocument): string {
  const hash = createHash('sha256').update(tableScript).digest('base64');
  const links = sections.map(({ id, heading }) => `<li><a href="#${id}">${escapeMarkup(heading)}</a></li>`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#content">To the content</a>',
    '<div class="page">',
    `<header><h1>${escapeMarkup(title)}</h1><p class="subtitle">${escapeMarkup(subtitle)}</p></header>`,
    `<nav aria-label="Contents"><ul>${links.join('')}</ul></nav>`,
    '<main id="content">',
    ...sections.map(renderSection),
    '</main>',
    '</div>',
    `<script>${tableScript}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function renderSection({ id, heading, blocks }: DocumentSection): string {
  const wide = blocks.some(liesInPrint) ? ' class="wide"' : '';
  return [
    `<section id="${id}"${wide} aria-labelledby="${id}-heading">`,
    `<h2 id="${id}-heading">${escapeMarkup(heading)}</h2>`,
    ...blocks.map(renderBlock),
    '</section>',
  ].join('\n');
}

/** In print lines break between words alone: no number may be cut in two. So many columns need a page that lies. */
const mostUpright = 11;

function liesInPrint(block: Block): boolean {
  return block.kind === 'table' && (block.searchable === true || block.columns.length > mostUpright);
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${prose(block.text)}</p>`;
    case 'heading':
      return `<h3>${prose(block.text)}</h3>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${prose(item)}</li>`).join('')}</ul>`;
    case 'code':
      return `<h3>${escapeMarkup(block.caption)}</h3><pre tabindex="0"><code>${escapeMarkup(block.text)}</code></pre>`;
    case 'table':
      return renderTable(block);
    case 'figure':
      return renderFigure(block);
    default:
      return assertNever(block, 'block of a report');
  }
}

function renderFigure(figure: Figure): string {
  const { name, caption, chart } = figure;
  const numbers = areNumbersShown(figure)
    ? `<details><summary>The numbers</summary>${renderTable(chartTable(figure))}</details>`
    : '';
  return [
    `<figure aria-labelledby="${name}-caption"><figcaption id="${name}-caption">${prose(caption)}</figcaption>`,
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}">${renderSvg(drawChart(figure), name)}</div>`,
    `<p>${prose(chart.description)}</p>`,
    numbers,
    '</figure>',
  ].join('\n');
}

function renderTable({ caption, columns, rows, notes = [], searchable }: Table): string {
  const heads = columns.map(
    ({ name, heading, align }) =>
      `<th scope="col"${align === 'right' ? ' class="right"' : ''} data-name="${escapeMarkup(name)}">${escapeMarkup(heading)}</th>`,
  );
  const lines = rows.map((cells) => {
    const rendered = cells.map((cell, index) => renderCell(cell, columns[index]?.align ?? 'left', index === 0));
    return `<tr>${rendered.join('')}</tr>`;
  });
  const body = rows.length === 0 ? `<tr><td colspan="${columns.length}">(none)</td></tr>` : lines.join('\n');
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}">`,
    `<table${searchable === true && rows.length > 0 ? ' class="searchable"' : ''}><caption>${prose(caption)}</caption>`,
    `<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>${body}</tbody></table></div>`,
    ...(notes.length === 0 ? [] : [`<ul>${notes.map((note) => `<li>${prose(note)}</li>`).join('')}</ul>`]),
  ].join('\n');
}

function renderCell({ text, value }: Cell, align: 'left' | 'right', isHead: boolean): string {
  const shown = value === null ? '' : typeof value === 'object' ? text : String(value);
  const written = withMinusSigns(text);
  const sorted = shown === written ? '' : ` data-value="${escapeMarkup(shown)}"`;
  const classes = [...(align === 'right' ? ['right'] : []), ...(text.length > 60 ? ['wrap'] : [])];
  const look = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  const [open, close] = isHead ? ['th scope="row"', 'th'] : ['td', 'td'];
  return `<${open}${look}${sorted}>${escapeMarkup(written)}</${close}>`;
}

function prose(text: string): string {
  return escapeMarkup(withMinusSigns(text));
}
