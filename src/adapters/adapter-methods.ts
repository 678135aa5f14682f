import type { AdapterKind } from '../sweep/vocabulary.ts';
import { adaloraMethod } from './adalora/method.ts';
import type { AdapterMethod } from './adapter-method.ts';
import { loraMethod } from './lora/method.ts';

export const adapterMethods: Readonly<Record<AdapterKind, AdapterMethod>> = {
  lora: loraMethod,
  adalora: adaloraMethod,
};
