/** What may stand in fleetlint.yaml: the one description that validation, completion in editors and the documentation share. */
import type { Severity } from '../core/finding.ts';

/** The part of JSON Schema that is used here. */
export interface Schema {
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string';
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** `false`: no others; absent: any. */
  readonly additionalProperties?: false;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface RuleSummary {
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly profile?: 'strict';
}

export const configNames: readonly string[] = ['fleetlint.yaml', '.fleetlint.yaml'];

export const schemaUrl = 'https://raw.githubusercontent.com/fleetlint/fleetlint/main/schema/fleetlint.schema.json';

const severity: Schema = {
  enum: ['off', 'info', 'warning', 'error'],
  description: "Reports the rule's findings with this severity, or not at all.",
};

const globs: Schema = {
  type: 'array',
  items: { type: 'string' },
  description: "Patterns as in .gitignore, from this file's directory.",
};

/** The schema of the configuration file for these rules. */
export function configSchema(rules: readonly RuleSummary[]): Schema {
  const ruleSettings: Schema = {
    type: 'object',
    description: 'What becomes of the findings of each rule.',
    additionalProperties: false,
    properties: Object.fromEntries(
      rules.map(({ id, summary, severity: own, profile }) => [
        id,
        {
          description: `${summary} (${own}${profile === undefined ? '' : `, ${profile} profile`})`,
          anyOf: [
            severity,
            { type: 'object', additionalProperties: false, required: ['severity'], properties: { severity } },
          ],
        },
      ]),
    ),
  };
  return {
    description: 'Configuration of fleetlint.',
    type: 'object',
    additionalProperties: false,
    properties: {
      profile: {
        enum: ['default', 'strict'],
        default: 'default',
        description:
          "'strict' runs every rule, reports what is less sure, and makes the job fail for every finding, of severity info too.",
      },
      'fail-on': {
        enum: ['error', 'warning', 'info', 'never'],
        description: 'Exit with 1 from this severity on (default: warning, in the strict profile info).',
      },
      'minimum-confidence': {
        enum: ['high', 'medium', 'low'],
        description: 'Report nothing that is less sure (default: medium, in the strict profile low).',
      },
      rules: ruleSettings,
      overrides: {
        type: 'array',
        description: 'Other settings for some files; of several that fit, the last one counts.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['files', 'rules'],
          properties: { files: globs, rules: ruleSettings },
        },
      },
      ignore: {
        ...globs,
        description: "Files that are not read: patterns as in .gitignore, from this file's directory.",
      },
      fleet: {
        description: 'What is known of the nodes: files as for --fleet, or the facts themselves.',
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, { type: 'object' }],
      },
      baseline: { type: 'string', description: "The baseline file, from this file's directory." },
    },
  };
}
