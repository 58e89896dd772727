import { defineRule } from '../../core/define-rule.ts';
import type { Evidence } from '../../core/finding.ts';
import { flagsOf } from '../../core/flags.ts';
import { literalText } from '../../core/template.ts';
import { compareVersions, parseVersion } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts, type Kubelets } from '../../model/kubelets.ts';
import type { FactsOf } from '../../model/facts-of.ts';

export default defineRule({
  id: 'runtime/unbounded-container-logs',
  severity: 'warning',
  confidence: 'high',
  summary: "Docker keeps the output of containers without a limit, so one that writes much fills the node's disk.",
  needs: ['docker.daemon', ...kubeletsFacts, ...fleetFacts],
  startsFrom: ['docker.daemon'],
  messages: {
    unbounded:
      "Docker's log driver '{driver}' keeps all that a container writes, because 'max-size' is not set: a container that writes much fills the node's disk, and every container on it suffers.",
    uselessCount:
      "'max-file' is '{count}' but 'max-size' is not set, so it has no effect: the one file is never rotated, and a container that writes much fills the node's disk.",
  },
  check({ model, report, trace }) {
    const byFlag = model
      .commands(['dockerd'])
      .find(({ words }) =>
        flagsOf(words.slice(1)).some(
          ({ name, value }) => name === 'log-opt' || (name === 'log-driver' && value?.text !== 'json-file'),
        ),
      );
    for (const { logDriver, maxSize, maxFile, span } of model.facts('docker.daemon')) {
      const driver = logDriver === undefined ? 'json-file' : literalText(logDriver);
      const limit = maxSize === undefined ? '-1' : literalText(maxSize);
      if (driver !== 'json-file' || limit === undefined || !/^(?:-\d+|0+[a-z]?)$/i.test(limit)) {
        trace(span, 'The driver keeps no file that grows, or its size is limited, or a part of it is not known.');
        continue;
      }
      if (byFlag !== undefined) {
        trace(span, 'The command line of dockerd has options for logs.');
        continue;
      }
      const pods = whoseLogs(model, model.kubelets);
      if (pods === 'containerd') {
        trace(span, 'The kubelets of these nodes do not use Docker, so it does not hold the logs of pods.');
        continue;
      }
      const help =
        'Add \'"log-driver": "json-file", "log-opts": {"max-size": "50m", "max-file": "3"}\', or use the driver \'local\', which has a limit by default. It holds for containers made afterwards.';
      const evidence: Evidence[] = [
        { note: "The default of 'max-size' is -1: no limit.", source: 'Docker, JSON File logging driver' },
        ...(pods === undefined ? [] : [pods]),
      ];
      const count = maxSize === undefined && maxFile !== undefined ? literalText(maxFile) : undefined;
      if (count !== undefined && Number(count) > 1) {
        report({
          message: 'uselessCount',
          data: { count },
          at: span,
          evidence,
          help,
          key: 'max-file',
        });
        continue;
      }
      report({
        message: 'unbounded',
        data: { driver },
        at: span,
        severity: pods === undefined ? 'info' : 'warning',
        evidence,
        help,
        key: 'max-size',
      });
    }
  },
});

/** `containerd` if Docker surely does not hold the logs of pods; evidence if it surely does; else `undefined`. */
function whoseLogs(model: FactsOf<'node'>, kubelets: Pick<Kubelets, 'versions'>): Evidence | 'containerd' | undefined {
  const runtimes = model.facts('node').flatMap(({ runtime }) => runtime ?? []);
  const docker = runtimes.find(({ text }) => text.startsWith('docker://'));
  const note = "The kubelet leaves the logs of pods to Docker: 'containerLogMaxSize' has no effect on them.";
  if (docker !== undefined) return { span: docker.span, note };
  if (runtimes.length > 0) return 'containerd';
  const [old] = kubelets.versions().filter(({ version }) => compareVersions(version, parseVersion('1.24') ?? []) < 0);
  return old && { span: old.span, note: `kubelet '${old.text}' uses Docker unless it is told otherwise. ${note}` };
}
