/**
 * What the package exports under its own name, for people who write rules of their own: `defineRule`, the types of facts and of
 * the model, and the questions that most rules ask of values.
 */
export { defineRule } from './core/define-rule.ts';
export type {
  ModelFor,
  OptionValues,
  Report,
  Rule,
  RuleContext,
  RuleDefinition,
  RuleOption,
  RuleOptions,
} from './core/define-rule.ts';
export type { Fact, FactKind, FactTypes } from './core/fact.ts';
export type { Confidence, Evidence, Fix, FixSafety, Severity, TextEdit } from './core/finding.ts';
export type { Span } from './core/span.ts';
export { displayText, equalsText, literalText, spanOf, sliceTemplate } from './core/template.ts';
export type { Answer, Hole, Segment, Template, Value } from './core/template.ts';
export { compareVersions, parseVersion } from './core/version.ts';
export type { Model } from './model/model.ts';
/** The kinds of facts that parts of the model are made from, for `needs`. */
export { activationFacts } from './model/activations.ts';
export { fleetFacts } from './model/fleet.ts';
export { kubeletsFacts } from './model/kubelets.ts';
