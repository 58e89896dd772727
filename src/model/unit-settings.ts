/** The settings of unit files and drop-ins, each with what systemd knows of it. */
import type { FactKind, FactTypes } from '../core/fact.ts';
import type { UnitFileFact, UnitType } from '../core/facts/systemd.ts';
import type { Template } from '../core/template.ts';
import { literalText, sliceTemplate } from '../core/template.ts';
import { sectionOf } from '../core/unit-place.ts';
import { directiveOf } from '../knowledge/systemd-directives.ts';
import type { Directive } from '../knowledge/systemd-directives.ts';
import { isListType, valueFault } from './setting-value.ts';
import type { Assignment } from './units.ts';

/** A line of a section that systemd reads in a unit of this type. */
export interface UnitSetting {
  readonly assignment: Assignment;
  /** Of the unit. */
  readonly type: UnitType;
  /** `undefined`: no version has this setting in this section. */
  readonly directive: Directive | undefined;
}

/** What `unitSettings` reads. */
export const settingFacts = ['unit.file', 'unit.assignment'] as const;

/** Every setting, in the order of files and places; without those of unknown sections and `X-` keys, of which systemd says nothing. */
export function unitSettings(model: {
  facts<Kind extends FactKind & (typeof settingFacts)[number]>(kind: Kind): readonly FactTypes[Kind][];
}): readonly UnitSetting[] {
  const assignments = model.facts('unit.assignment');
  const files = model.facts('unit.file');
  const known = settingsOf.get(assignments);
  if (known?.files === files) return known.settings;
  const types = new Map(files.map(({ document, type }) => [document, type]));
  const settings: UnitSetting[] = [];
  for (const assignment of assignments) {
    const { document, section, key } = assignment;
    const type = types.get(document);
    if (type === undefined || key.startsWith('X-')) continue;
    if (section !== 'Unit' && section !== sectionOf(type) && section !== 'Install') continue;
    settings.push({ assignment, type, directive: directiveOf(section, key) });
  }
  settingsOf.set(assignments, { files, settings });
  return settings;
}

/** Several rules ask for those of the same model. */
const settingsOf = new WeakMap<
  readonly Assignment[],
  { readonly files: readonly UnitFileFact[]; readonly settings: readonly UnitSetting[] }
>();

/** Text that may hold a `#` for a good reason. */
const freeText = /^(?:Description|StandardInputText|StandardInputData|SetCredential(?:Encrypted)?|LogFilterPatterns)$/;

/** What was meant as a comment at the end of a value, which systemd takes as part of it. */
export interface InlineComment {
  /** Offset in the value of the `#` or `;`. */
  readonly at: number;
  /** What the value would be without it. */
  readonly value: Template;
}

/** The comment that systemd does not see as one; `undefined` also where the sign may be meant. */
export function inlineComment({ assignment, directive }: UnitSetting): InlineComment | undefined {
  const { key, value } = assignment;
  const text = literalText(value);
  if (text === undefined || directive === undefined || !/[ \t][#;]/.test(text) || freeText.test(key)) return undefined;
  const { valueType } = directive;
  const loose = valueType === 'any' || valueType === 'exec' || valueType === 'specifiers' || isListType(valueType);
  const at = loose ? findSign(text, /^#(?:[ \t]|$)/) : findSign(text, /^[#;]/);
  if (at === undefined) return undefined;
  const rest = trimEnd(sliceTemplate(value, 0, at));
  if (!loose && (valueFault(directive, value) === undefined || valueFault(directive, rest) !== undefined))
    return undefined;
  return { at, value: rest };
}

/** The first place behind a blank and outside of quotes whose text matches. */
function findSign(text: string, sign: RegExp): number | undefined {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (
      (character === '#' || character === ';') &&
      /[ \t]/.test(text.charAt(at - 1)) &&
      sign.test(text.slice(at, at + 2))
    )
      return at;
  }
  return undefined;
}

function trimEnd(template: Template): Template {
  return sliceTemplate(template, 0, template.text.trimEnd().length);
}
