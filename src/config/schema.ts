/** What may stand in fleetlint.yaml: the one description that validation, completion in editors and the documentation share. */
import type { RuleOption, RuleOptions } from '../core/define-rule.ts';
import type { Severity } from '../core/finding.ts';

/** The part of JSON Schema that is used here. */
export interface Schema {
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'boolean';
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** For names that match; `properties` come first. */
  readonly patternProperties?: Readonly<Record<string, Schema>>;
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
  readonly options?: RuleOptions;
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

const anyRule: Schema = {
  description: 'A rule of a plugin.',
  anyOf: [severity, { type: 'object', properties: { severity } }],
};

function ruleSchema({ summary, severity: own, profile, options = {} }: RuleSummary): Schema {
  const properties: Record<string, Schema> = { severity };
  for (const [name, option] of Object.entries(options)) properties[name] = optionSchema(option);
  return {
    description: `${summary} (${own}${profile === undefined ? '' : `, ${profile} profile`})`,
    anyOf: [severity, { type: 'object', additionalProperties: false, properties }],
  };
}

function optionSchema(option: RuleOption): Schema {
  const { description, type, default: standard } = option;
  return {
    description,
    ...(type === 'string' && option.choices !== undefined ? { enum: option.choices } : { type }),
    ...(type === 'number' && option.minimum !== undefined && { minimum: option.minimum }),
    default: standard,
  };
}

/** Themes are fleetlint's own or a plugin's, so that a rule of a later version is never one of a plugin. */
export function themeOf(rule: string): string {
  return rule.slice(0, rule.indexOf('/'));
}

/**
 * The schema of the configuration file for these rules.
 *
 * @param open takes rules of other themes too: those of plugins that are not known here
 */
export function configSchema(rules: readonly RuleSummary[], open = false): Schema {
  const themes = [...new Set(rules.map(({ id }) => themeOf(id)))];
  const ruleSettings: Schema = {
    type: 'object',
    description: 'What becomes of the findings of each rule.',
    additionalProperties: false,
    properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule)])),
    ...(open && {
      patternProperties: { [`^(?!(?:${themes.join('|')})/)[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$`]: anyRule },
    }),
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
      plugins: {
        type: 'array',
        items: { type: 'string' },
        description:
          "Modules with rules of your own, as paths or patterns from this file's directory. They run only with --allow-plugins.",
      },
      baseline: { type: 'string', description: "The baseline file, from this file's directory." },
    },
  };
}
