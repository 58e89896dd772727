import type { Node } from '../../core/puppet-ast.ts';
import { forEachChild } from './children.ts';

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
    forEachChild(node, visit);
    parents.pop();
  };
  visit(root);
}
