import { figuresOf, type ReportDocument, type Table } from './document.ts';
import { escapeLatex, escapeLongLatex } from './latex-text.ts';

/**
 * The document's tables in booktabs' form, each a table environment to paste into a paper; long ones break over pages.
 * What is wider than a line is made to fit. Figures are exported by themselves.
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
    `% \\usepackage[T1]{fontenc}`,
    `% \\usepackage{array,booktabs,longtable,graphicx,rotating,pdflscape}`,
    ...(figures.length === 0 ? [] : [`% Figures, by --figure NAME --out FILE.pdf: ${figures.join(', ')}`]),
    '',
    ...tables.flatMap((table) => [table.searchable === true ? longTables(table).join('\n\n') : shortTable(table), '']),
  ].join('\n');
}

/** Points of LaTeX's own page of ten points: a line, and a line of a page that lies. */
const [linePoints, lyingPoints] = [345, 550];

/** Beyond this a table is shrunk where the paper's line is narrower, as in two columns. */
const surelyFits = 200;
/** Letters of half their size can still be read. */
const mostShrunk = 1.8;
const characterPoints = 5.6;
const wrapsBeyond = 60;

function shortTable(table: Table): string {
  const points = widthOf(table, 12);
  const environment = points > mostShrunk * linePoints ? 'sidewaystable' : 'table';
  const tabular = [`\\begin{tabular}{${alignment(table)}}`, ...linesOf(table), '\\end{tabular}'];
  return [
    `\\begin{${environment}}`,
    '\\centering',
    `\\caption{${escapeLatex(table.caption)}}`,
    `\\label{tab:${table.name}}`,
    ...(points > surelyFits ? shrunk(tabular) : tabular),
    ...notesOf(table),
    `\\end{${environment}}`,
  ].join('\n');
}

/** In a paragraph under the table, as wide as the line. */
function notesOf({ notes = [] }: Table): readonly string[] {
  if (notes.length === 0) return [];
  return [
    '\\par\\smallskip',
    '\\begin{minipage}{\\linewidth}\\footnotesize\\raggedright',
    ...notes.map((note) => `${escapeLatex(note)}\\par`),
    '\\end{minipage}',
  ];
}

/** As wide as it is, or as the line where that is less. */
function shrunk(tabular: readonly string[]): readonly string[] {
  return [
    '\\sbox0{%',
    ...tabular.slice(0, -1),
    `${tabular.at(-1)}}%`,
    '\\ifdim\\wd0>\\linewidth\\resizebox{\\linewidth}{!}{\\usebox0}\\else\\usebox0\\fi',
  ];
}

/**
 * How a table that breaks over pages, which no box can hold, may be set smaller: sizes with their letters' share of those of
 * ten points. Computer Modern is the wider the smaller it is.
 */
const settings = [
  { lies: false, size: '\\normalsize', share: 1, gap: 12 },
  { lies: false, size: '\\footnotesize', share: 0.85, gap: 6 },
  { lies: true, size: '\\footnotesize', share: 0.85, gap: 6 },
  { lies: true, size: '\\scriptsize', share: 0.8, gap: 4 },
  { lies: true, size: '\\tiny', share: 0.7, gap: 2 },
] as const;

/** One, or several of some columns each where no page is wide enough for all; each has the first column. */
function longTables(table: Table): readonly string[] {
  const fits = settings.find(
    ({ lies, share, gap }) => widthOf(table, gap / share) * share <= (lies ? lyingPoints : linePoints),
  );
  const [first, ...others] = table.columns.map((_, column) => column);
  if (fits !== undefined || first === undefined || others.length < 2) return [longTable(table, fits ?? settings[4])];
  const middle = Math.ceil(others.length / 2);
  const halves = [others.slice(0, middle), others.slice(middle)].map((half) => [first, ...half]);
  return halves.flatMap((columns, index) => longTables(withColumns(table, columns, index + 1)));
}

function withColumns({ name, caption, columns, rows, ...rest }: Table, chosen: readonly number[], part: number): Table {
  return {
    ...rest,
    name: `${name}-${part}`,
    caption: `${caption} (part ${part} of its columns)`,
    columns: chosen.flatMap((column) => columns[column] ?? []),
    rows: rows.map((cells) => chosen.flatMap((column) => cells[column] ?? [])),
  };
}

function longTable(table: Table, { lies, size, gap }: (typeof settings)[number]): string {
  return [
    ...(lies ? ['\\begin{landscape}'] : []),
    `\\begingroup${size}\\setlength{\\tabcolsep}{${gap / 2}pt}`,
    `\\begin{longtable}{${alignment(table)}}`,
    `\\caption{${escapeLatex(table.caption)}}\\label{tab:${table.name}}\\\\`,
    '\\toprule',
    headings(table.columns),
    '\\midrule',
    '\\endhead',
    ...bodyOf(table),
    '\\bottomrule',
    '\\end{longtable}',
    ...notesOf(table),
    '\\endgroup',
    ...(lies ? ['\\end{landscape}'] : []),
  ].join('\n');
}

function linesOf(table: Table): readonly string[] {
  return ['\\toprule', headings(table.columns), '\\midrule', ...bodyOf(table), '\\bottomrule'];
}

function bodyOf({ columns, rows }: Table): readonly string[] {
  if (rows.length === 0) return [`\\multicolumn{${columns.length}}{l}{(none)} \\\\`];
  return rows.map(
    (cells) =>
      `${cells.map(({ text }) => (isLong(text) ? escapeLongLatex(text) : escapeLatex(text))).join(' & ')} \\\\`,
  );
}

/** Text of a cell that is set in several lines. */
function isLong(text: string): boolean {
  return text.length > wrapsBeyond;
}

function alignment({ columns, rows }: Table): string {
  return columns
    .map(({ align }, column) => {
      if (rows.some((cells) => isLong(cells[column]?.text ?? '')))
        return '>{\\raggedright\\arraybackslash}p{0.6\\linewidth}';
      return align === 'right' ? 'r' : 'l';
    })
    .join('');
}

/** About how wide it is in letters of ten points. @param gap between two columns */
function widthOf({ columns, rows }: Table, gap: number): number {
  return columns.reduce((sum, { heading }, column) => {
    const longest = rows.reduce((most, cells) => Math.max(most, cells[column]?.text.length ?? 0), heading.length);
    return sum + gap + (longest > wrapsBeyond ? 0.6 * linePoints : characterPoints * longest);
  }, 0);
}

function headings(columns: Table['columns']): string {
  return `${columns.map(({ heading }) => escapeLatex(heading)).join(' & ')} \\\\`;
}

/** What a comment may hold: one line. */
function comment(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
