/** Facts: plain, serialisable statements about a node, each with the place that makes it. */
import type { ClusterFacts } from './facts/cluster.ts';
import type { Conditional } from './facts/condition.ts';
import type { CommandFacts } from './facts/command.ts';
import type { GoFacts } from './facts/go.ts';
import type { IgnoreFacts } from './facts/ignore.ts';
import type { KubeletFacts } from './facts/kubelet.ts';
import type { NodeFacts } from './facts/node.ts';
import type { PuppetFacts } from './facts/puppet.ts';
import type { ScriptFacts } from './facts/script.ts';
import type { SyntaxFacts } from './facts/syntax.ts';
import type { SysctlFacts } from './facts/sysctl.ts';
import type { SystemdFacts } from './facts/systemd.ts';

/** Every kind of fact by its name. A loader that has a new one adds it to its file in `facts/`. */
export interface FactTypes
  extends
    SyntaxFacts,
    CommandFacts,
    SystemdFacts,
    PuppetFacts,
    ScriptFacts,
    KubeletFacts,
    NodeFacts,
    SysctlFacts,
    ClusterFacts,
    GoFacts,
    IgnoreFacts {}

export type FactKind = keyof FactTypes;
export type Fact = FactTypes[FactKind] & Conditional;
