import { checkGoldenCase } from './check-case.ts';

for (const name of ['bert-seqcls-lora', 'bert-regression-lora', 'bert-qa-lora', 'bert-wide-seqcls-lora']) {
  checkGoldenCase(name);
}
