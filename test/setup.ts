/** Loads what a session loads when a file needs it, so that tests may call loaders and the model directly. */
import { loadYaml } from '../src/loaders/kubelet/read-yaml.ts';
import { loadShellParser } from '../src/loaders/shell/commands.ts';
import { loadCron } from '../src/model/cron-schedule.ts';

await Promise.all([loadYaml(), loadShellParser(), loadCron()]);
