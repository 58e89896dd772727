/** Starts a rule: writes its three files, from which `npm test` already passes, and enters it in the index. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generate } from './generate.ts';
import { ruleFiles } from './rule-files.ts';

/** `toolArguments`: the id, `theme/name`. Returns the exit code; 2 if the id is unfit or taken. */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const [id = '', ...rest] = toolArguments;
  if (!/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/.test(id) || rest.length > 0) {
    process.stderr.write("Usage: npm run new-rule theme/name (small letters, digits and '-').\n");
    return 2;
  }
  const files = ruleFiles(id);
  const taken = Object.values(files).filter((file: string) => existsSync(path.join(root, file)));
  if (taken.length > 0) {
    process.stderr.write(`${taken.join(' and ')} exists already.\n`);
    return 2;
  }
  await write(root, files.rule, ruleModule(id));
  await write(root, files.cases, casesDocument(id));
  await write(root, files.page, pageDocument(id));
  const generated = await generate(root);
  process.stdout.write(nextSteps(id, generated));
  return 0;
}

async function write(root: string, file: string, content: string): Promise<void> {
  const absolute = path.join(root, file);
  await mkdir(path.dirname(absolute), { recursive: true });
  await writeFile(absolute, content);
}

function ruleModule(id: string): string {
  return `import { literalText } from '../../core/template.ts';
import { defineRule } from '../../core/define-rule.ts';

export default defineRule({
  id: '${id}',
  severity: 'info',
  confidence: 'high',
  summary: 'A unit whose description is still the example.',
  needs: ['unit.assignment'],
  messages: {
    example: "The description of '{unit}' is still '{value}', so nobody who reads the journal knows what it is.",
  },
  check({ model, report, trace }) {
    for (const assignment of model.facts('unit.assignment')) {
      if (assignment.key !== 'Description') continue;
      const value = literalText(assignment.value);
      if (value === undefined) {
        trace(assignment.span, 'The description is not known before the node is built.');
      } else if (value === 'Example') {
        report({
          message: 'example',
          data: { unit: assignment.unit, value },
          at: assignment.valueSpan,
          key: \`\${assignment.unit}/\${assignment.section}/\${assignment.key}\`,
        });
      }
    }
  },
});
`;
}

function casesDocument(id: string): string {
  return `# ${id}

## The description is still the example

\`systemd/system/report.service\`

\`\`\`ini
[Unit]
# expect: ${id} info "still 'Example'"
Description=Example

[Service]
ExecStart=/usr/bin/report
\`\`\`

## A description of its own

\`systemd/system/report.service\`

\`\`\`ini
[Unit]
Description=Nightly report

[Service]
ExecStart=/usr/bin/report
\`\`\`
`;
}

function pageDocument(id: string): string {
  return `# ${id}

A unit whose description is still the example.

<!-- generated:start -->
<!-- generated:end -->

## What happens

The journal and \`systemctl status\` show the description of a unit. An example that was never changed tells nobody what failed.

## What it checks

\`Description=\` in every unit and drop-in. It stays silent when the value is not known before the node is built.

## Bad

\`systemd/system/report.service\`

\`\`\`ini
[Unit]
# expect: ${id}
Description=Example

[Service]
ExecStart=/usr/bin/report
\`\`\`

## Good

\`systemd/system/report.service\`

\`\`\`ini
[Unit]
Description=Nightly report

[Service]
ExecStart=/usr/bin/report
\`\`\`

## Fix

Say in a few words what the unit does.

## When to ignore it

Never: a description costs nothing.

## Sources

- systemd.unit(5), \`Description=\`.
`;
}

function nextSteps(id: string, generated: readonly string[]): string {
  const { rule, cases, page } = ruleFiles(id);
  return `Written, with a small working rule in them for you to replace:
  ${cases}
  ${rule}
  ${page}
Brought up to date: ${generated.join(', ')}.

Next:
  1. Describe the incident in ${cases}: a file that causes it, and one that nearly does.
  2. Let the rule find it: npx fleetlint facts FILE shows what a file says; npx vitest run -t ${id} runs the cases.
  3. Write the page. Its examples run as cases too.
  4. npm run check
`;
}
