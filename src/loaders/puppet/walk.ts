import type { Node } from '../../core/puppet-ast.ts';

/**
 * Visits a node and all below it, outermost first, in the order of the text.
 *
 * @param enter gets the nodes around it, outermost first; returning `false` leaves out what is below
 */
export function walk(root: Node, enter: (node: Node, parents: readonly Node[]) => boolean | undefined): void {
  const parents: Node[] = [];
  const visit = (node: Node) => {
    if (enter(node, parents) === false) return;
    parents.push(node);
    for (const value of Object.values(node) as unknown[]) {
      if (Array.isArray(value)) {
        for (const each of value) if (isNode(each)) visit(each);
      } else if (isNode(value)) visit(value);
    }
    parents.pop();
  };
  visit(root);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
