/** What the language server works with, as one file of dist/: the session, its loaders, model and rules. */
import type { Connection, InitializeParams } from 'vscode-languageserver';
import { rulePage, rulePagePath } from '../cli/package.ts';
import { rules } from '../rules/index.ts';
import { configuredServices, editorOptions } from './configured.ts';
import { createLanguage, type Language } from './language.ts';
import { uriOfPath } from './uri.ts';

/** Milliseconds without a change before an open file is looked at again: less flickers, more feels slow. */
const DELAY = 150;

/** @param version of fleetlint; `allowPlugins`: whether plugins may run */
export function startEngine(
  version: string,
  allowPlugins: boolean,
  connection: Connection,
  parameters: InitializeParams,
): Language {
  const { plugins, ...configured } = configuredServices(editorOptions(parameters.initializationOptions), allowPlugins);
  return createLanguage(connection, parameters, {
    ...configured,
    version,
    rules,
    page: (rule) => (plugins.get(rule)?.page?.() ?? rulePage(rule)).replace(/^<!--.*?-->\n/gm, ''),
    pageUri: (rule) => uriOfPath(rulePagePath(rule)),
    delay: DELAY,
  });
}
