import { figuresOf, type ReportDocument, type Table } from './document.ts';

/**
 * The document's tables in booktabs' form, each a table environment to paste into a paper; long ones break over pages.
 * Figures are exported by themselves.
 */
export function renderLatex(document: ReportDocument): string {
  const tables = document.sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'table'));
  const figures = figuresOf(document).map(({ name }) => name);
  // What a summary says above its sentences: that nothing was trained.
  const warnings = document.sections
    .filter(({ id }) => /(^|-)summary$/.test(id))
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : [])));
  return [
    `% ${comment(document.title)}`,
    `% ${comment(document.subtitle)}`,
    ...warnings.map((text) => `% ${comment(text)}`),
    `% \\usepackage{booktabs,longtable}`,
    ...(figures.length === 0 ? [] : [`% Figures, by --figure NAME --out FILE.pdf: ${figures.join(', ')}`]),
    '',
    ...tables.flatMap((table) => [table.searchable === true ? longTable(table) : shortTable(table), '']),
  ].join('\n');
}

function shortTable({ name, caption, columns, rows }: Table): string {
  return [
    '\\begin{table}',
    '\\centering',
    `\\caption{${escapeLatex(caption)}}`,
    `\\label{tab:${name}}`,
    `\\begin{tabular}{${alignment(columns)}}`,
    '\\toprule',
    headings(columns),
    '\\midrule',
    ...rows.map((cells) => line(cells.map(({ text }) => text))),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
  ].join('\n');
}

function longTable({ name, caption, columns, rows }: Table): string {
  return [
    `\\begin{longtable}{${alignment(columns)}}`,
    `\\caption{${escapeLatex(caption)}}\\label{tab:${name}}\\\\`,
    '\\toprule',
    headings(columns),
    '\\midrule',
    '\\endhead',
    ...rows.map((cells) => line(cells.map(({ text }) => text))),
    '\\bottomrule',
    '\\end{longtable}',
  ].join('\n');
}

function alignment(columns: Table['columns']): string {
  return columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('');
}

function headings(columns: Table['columns']): string {
  return line(columns.map(({ heading }) => heading));
}

function line(cells: readonly string[]): string {
  return `${cells.map(escapeLatex).join(' & ')} \\\\`;
}

/** What a comment may hold: one line. */
function comment(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

const spelled: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\ensuremath{<}',
  '>': '\\ensuremath{>}',
  '±': '\\ensuremath{\\pm}',
  '−': '\\ensuremath{-}',
  '≈': '\\ensuremath{\\approx}',
  '×': '\\ensuremath{\\times}',
  '≤': '\\ensuremath{\\leq}',
  '≥': '\\ensuremath{\\geq}',
  '→': '\\ensuremath{\\rightarrow}',
  '∞': '\\ensuremath{\\infty}',
  λ: '\\ensuremath{\\lambda}',
  δ: '\\ensuremath{\\delta}',
  ρ: '\\ensuremath{\\rho}',
  Δ: '\\ensuremath{\\Delta}',
  '‖': '\\ensuremath{\\|}',
  '–': '--',
  '’': "'",
  '…': '\\dots{}',
  '²': '\\ensuremath{^2}',
};

/** Text that LaTeX sets as it stands here: its own signs are spelled, those that pdflatex has no glyph of, and powers. */
export function escapeLatex(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\w ]/gu, (sign) => spelled[sign] ?? sign)
    .replaceAll('_', '\\_')
    .replaceAll(/(?<![\w.-])-(?=\d)/g, '\\ensuremath{-}')
    .replaceAll(/\b(\d+(?:\.\d+)?)e(-?\d+)\b/g, '\\ensuremath{$1\\times10^{$2}}');
}
