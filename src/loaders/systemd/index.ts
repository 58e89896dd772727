/** systemd's files: units, drop-ins and D-Bus activation files. */
import type { Fact } from '../../core/fact.ts';
import type { Loader } from '../../core/loader.ts';
import type { SourceFile } from '../../core/source-file.ts';
import { displayText, fileTemplate } from '../../core/template.ts';
import { unitLocation } from '../../core/unit-place.ts';
import { loadShellParser, runsScripts } from '../shell/commands.ts';
import { readDbusService } from './dbus-service.ts';
import { placeholdersToHoles } from './placeholders.ts';
import { looksLikeUnit, readUnit } from './unit.ts';

export { readDbusService } from './dbus-service.ts';
export { readUnit } from './unit.ts';
export type { UnitFact, UnitWhere } from './unit.ts';

/** Facts of unit files, drop-ins and D-Bus activation files. A path that names no unit yields none. */
export const loader: Loader = {
  async prepare(file: SourceFile): Promise<void> {
    if (runsScripts(file.text)) await loadShellParser();
  },

  facts(file: SourceFile): readonly Fact[] {
    const source = placeholdersToHoles(fileTemplate(file.path, file.text));
    if (file.kind === 'dbus-service') return [readDbusService(source)];
    const location = unitLocation(file.path);
    if (location === undefined || (location.layer === 'other' && !looksLikeUnit(file.text))) return [];
    const { invalidUtf8At } = file;
    return readUnit(source, {
      ...location,
      document: file.path,
      ...(invalidUtf8At !== undefined && { invalidUtf8At }),
    });
  },

  ast(file: SourceFile): unknown {
    const assignments: { section: string; key: string; value: string }[] = [];
    const problems: string[] = [];
    for (const fact of loader.facts(file)) {
      if (fact.kind === 'dbus.service') return fact;
      if (fact.kind === 'unit.problem') problems.push(fact.message);
      if (fact.kind !== 'unit.assignment') continue;
      assignments.push({ section: fact.section, key: fact.key, value: displayText(fact.value) });
    }
    return { assignments, problems };
  },
};
