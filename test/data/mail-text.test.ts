import { expect, test } from 'vitest';
import { mailText } from '../../src/data/benchmarks/mail-text.ts';

test('a mail becomes its subject, folded lines joined, and its body', () => {
  const mail = 'Received: from a\n\tby b\nSubject: Cheap\n loans\nX-Spam: yes\n\nDear  friend,\n\nbuy.\n';
  expect(mailText(mail)).toBe('Cheap loans Dear friend, buy.');
});

test("headers and boundaries of a multipart body's parts are left out", () => {
  const mail = [
    'Subject: Parts',
    'Content-Type: multipart/mixed; boundary="x1"',
    '',
    'preamble',
    '--x1',
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Transfer-Encoding: 7bit',
    '',
    'hello',
    '-- ',
    'signature',
    '--x1--',
    'after',
  ].join('\r\n');
  expect(mailText(mail)).toBe('Parts preamble hello -- signature after');
});

test('a mail without a body or subject is what is left of it', () => {
  expect(mailText('From: a\nSubject: only')).toBe('only');
  expect(mailText('From: a\n\nbody')).toBe('body');
  expect(mailText('From: a')).toBe('');
});
