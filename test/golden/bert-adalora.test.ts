import { checkGoldenCase } from './check-case.ts';

for (const name of ['bert-seqcls-adalora', 'bert-regression-adalora', 'bert-qa-adalora', 'bert-wide-seqcls-adalora']) {
  checkGoldenCase(name);
}
