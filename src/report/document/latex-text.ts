import { withMinusSigns } from './minus-signs.ts';

const greek: Readonly<Record<string, string>> = {
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  ε: 'epsilon',
  ζ: 'zeta',
  η: 'eta',
  θ: 'theta',
  ι: 'iota',
  κ: 'kappa',
  λ: 'lambda',
  μ: 'mu',
  ν: 'nu',
  ξ: 'xi',
  π: 'pi',
  ρ: 'rho',
  σ: 'sigma',
  τ: 'tau',
  υ: 'upsilon',
  φ: 'phi',
  χ: 'chi',
  ψ: 'psi',
  ω: 'omega',
  Γ: 'Gamma',
  Δ: 'Delta',
  Θ: 'Theta',
  Λ: 'Lambda',
  Ξ: 'Xi',
  Π: 'Pi',
  Σ: 'Sigma',
  Φ: 'Phi',
  Ψ: 'Psi',
  Ω: 'Omega',
};

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
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
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
  '√': '\\ensuremath{\\surd}',
  '‖': '\\ensuremath{\\|}',
  '·': '\\ensuremath{\\cdot}',
  '–': '--',
  '—': '---',
  '’': "'",
  '…': '\\dots{}',
  '²': '\\ensuremath{^2}',
};

/** What the T1 encoding has: the Latin letters of Europe, and some signs. */
const settable = /[\u0020-\u007e\u00a1\u00a3\u00a7\u00ab\u00bb\u00bf-\u00d6\u00d8-\u00f6\u00f8-\u017e\u2018-\u201e]/u;

/**
 * Text that LaTeX sets as it stands here, with T1 fonts: its own signs are spelled, those that pdflatex has no glyph of, and
 * powers. Letters of other scripts stand for LuaLaTeX and XeLaTeX, whose font may have them; pdflatex, which cannot, sets their
 * code points.
 */
export function escapeLatex(text: string): string {
  return withMinusSigns(text)
    .normalize('NFC')
    .replaceAll(/[\s\u00ad\u200b-\u200f\ufeff]+/gu, ' ')
    .replaceAll(/[^\w ]/gu, spellOf)
    .replaceAll('_', '\\_')
    .replaceAll(/\b(\d+(?:\.\d+)?)e(-?\d+)\b/g, '\\ensuremath{$1\\times10^{$2}}');
}

function spellOf(sign: string): string {
  const letter = greek[sign];
  if (letter !== undefined) return `\\ensuremath{\\${letter}}`;
  return spelled[sign] ?? (settable.test(sign) ? sign : elsewhere(sign));
}

function elsewhere(sign: string): string {
  const code = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `\\ifdefined\\Umathchar ${sign}\\else[U+${code}]\\fi{}`;
}

/** As `escapeLatex`, and a long word, such as a hash, may break. */
export function escapeLongLatex(text: string): string {
  return text
    .split(/(\S{24,})/)
    .map((part) => (part.length < 24 || /\s/.test(part) ? escapeLatex(part) : pieces(part)))
    .join('');
}

function pieces(word: string): string {
  return (word.match(/.{1,12}/gu) ?? []).map(escapeLatex).join('\\allowbreak{}');
}
