/**
 * Subject and body of a mail, without its headers: those give a spam corpus' class away (servers, dates, lists).
 * Header blocks and boundaries of a multipart body's parts are headers too and are left out; runs of white space
 * become one space. Transfer encodings and HTML stay as they were sent.
 */
export function mailText(mail: string): string {
  const lines = mail.split(/\r?\n/);
  const bodyStart = lines.findIndex((line) => line === '');
  const headers = unfold(lines.slice(0, bodyStart === -1 ? lines.length : bodyStart));
  const subject = headers.find((header) => /^subject:/i.test(header))?.replace(/^subject:/i, '') ?? '';
  const body = bodyStart === -1 ? [] : lines.slice(bodyStart + 1);
  return `${subject}\n${withoutPartHeaders(body).join('\n')}`.replace(/\s+/g, ' ').trim();
}

/** Joins header lines that go on, indented, on the next line. */
function unfold(lines: readonly string[]): string[] {
  const headers: string[] = [];
  for (const line of lines) {
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) headers[headers.length - 1] = `${last} ${line.trim()}`;
    else headers.push(line);
  }
  return headers;
}

/** A boundary line begins with two hyphens and is followed by a part's headers, up to an empty line. */
function withoutPartHeaders(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let inHeaders = false;
  for (const [index, line] of lines.entries()) {
    if (/^--\S/.test(line) && (/^content-/i.test(lines[index + 1] ?? '') || /--\s*$/.test(line))) inHeaders = true;
    else if (!inHeaders) kept.push(line);
    if (inHeaders && (line === '' || /--\s*$/.test(line))) inHeaders = false;
  }
  return kept;
}
