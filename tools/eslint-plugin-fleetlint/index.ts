/** What the compiler and the published ESLint rules do not check in this repository. */
import { layersRule } from './layers.ts';
import { messageEndsWithPeriod } from './message-ends-with-period.ts';
import { noIoInRules } from './no-io-in-rules.ts';
import { noProcessExit } from './no-process-exit.ts';
import { ruleHasPageAndCases } from './rule-has-page-and-cases.ts';

export const rules = {
  layers: layersRule,
  'message-ends-with-period': messageEndsWithPeriod,
  'no-io-in-rules': noIoInRules,
  'no-process-exit': noProcessExit,
  'rule-has-page-and-cases': ruleHasPageAndCases,
};
