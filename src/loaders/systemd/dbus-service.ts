/** D-Bus activation files: which program or unit the bus daemon starts for a name (D-Bus specification, "Message Bus Starting Services"). */
import type { DbusServiceFact } from '../../core/facts/systemd.ts';
import type { Template } from '../../core/template.ts';
import { literalText, sliceTemplate, spanOf } from '../../core/template.ts';
import { readUnitLines, trimBlanks } from './lines.ts';

/** Reads an activation file. Of a key that comes twice, the last counts. */
export function readDbusService(source: Template): DbusServiceFact {
  const values = new Map<string, Template>();
  let section = '';
  for (const line of readUnitLines(source).lines) {
    const equals = line.text.indexOf('=');
    if (line.text.startsWith('[')) section = line.text;
    else if (section === '[D-BUS Service]' && equals > 0) {
      const key = trimBlanks(sliceTemplate(line, 0, equals)).text;
      values.set(key, trimBlanks(sliceTemplate(line, equals + 1, line.text.length)));
    }
  }
  const [name, unit, exec, user] = ['Name', 'SystemdService', 'Exec', 'User'].map((key) => values.get(key));
  const systemdService = unit && literalText(unit);
  const userName = user && literalText(user);
  return {
    kind: 'dbus.service',
    span: spanOf(source),
    name: name && literalText(name),
    ...(name && { nameSpan: spanOf(name) }),
    ...(systemdService !== undefined && { systemdService }),
    ...(unit && { systemdServiceSpan: spanOf(unit) }),
    ...(exec && { exec }),
    ...(userName !== undefined && { user: userName }),
  };
}
