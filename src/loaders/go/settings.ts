/** Values set on a Transport or a client. */
import type { GoSetting } from '../../core/facts/go.ts';
import { durationSeconds, evaluate } from './constants.ts';
import { nodeSpan, textOf } from './source.ts';
import { child, type GoNode } from './syntax.ts';
import type { GoUnit } from './unit.ts';

/** The settings of a composite literal, by key. */
export function settingsOfLiteral(unit: GoUnit, literal: GoNode, on: GoSetting['on']): readonly GoSetting[] {
  const settings: GoSetting[] = [];
  for (const element of child(literal, 'body')?.children ?? []) {
    if (element.type !== 'keyed_element') continue;
    const key = child(element, 'key')?.children[0];
    const value = child(element, 'value')?.children[0];
    if (key !== undefined && value !== undefined)
      settings.push(settingOf(unit, textOf(unit.source, key), value, on, element));
  }
  return settings;
}

/** One setting; `at`: what is pointed at. */
export function settingOf(unit: GoUnit, name: string, value: GoNode, on: GoSetting['on'], at: GoNode): GoSetting {
  const constant = evaluate(unit.source, value);
  return {
    name,
    text: textOf(unit.source, value).slice(0, 80),
    value: name.includes('Timeout') ? durationSeconds(constant) : constant?.value,
    on,
    span: nodeSpan(unit.source, at),
  };
}
