/** The syntax tree of Go text. */

export interface GoNode {
  /** As the grammar tree-sitter-go calls it. */
  readonly type: string;
  /** Field of the parent that holds it. */
  readonly field: string | undefined;
  /** Offsets in the text that was parsed. */
  readonly start: number;
  readonly end: number;
  readonly parent: GoNode | undefined;
  /** Named nodes without comments, and operators. */
  readonly children: readonly GoNode[];
}

/** The child in a field. */
export function child(node: GoNode, field: string): GoNode | undefined {
  return node.children.find((one) => one.field === field);
}

/** The first child of a type. */
export function childOfType(node: GoNode, type: string): GoNode | undefined {
  return node.children.find((one) => one.type === type);
}

/** The children of a type. */
export function childrenOfType(node: GoNode, type: string): GoNode[] {
  return node.children.filter((one) => one.type === type);
}

/** The node and all below it, in the order of the text. `enter` may say not to go into a node's children. */
export function* walk(node: GoNode, enter: (node: GoNode) => boolean = () => true): Generator<GoNode> {
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    if (!enter(next)) continue;
    for (let index = next.children.length - 1; index >= 0; index--) {
      const below = next.children[index];
      if (below !== undefined) open.push(below);
    }
  }
}

/** The nearest node above of one of the types, at or below `limit`. */
export function enclosing(node: GoNode, types: readonly string[], limit?: GoNode): GoNode | undefined {
  for (let up = node.parent; up !== undefined; up = up.parent) {
    if (types.includes(up.type)) return up;
    if (up === limit) return undefined;
  }
  return undefined;
}

/** Whether `inner` is `outer` or lies in it. */
export function isWithin(inner: GoNode, outer: GoNode): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

const wrappers = new Set(['parenthesized_expression', 'unary_expression', 'type_assertion_expression']);

/** The expression without parentheses, `&`, `*` and type assertions around it. */
export function bare(node: GoNode): GoNode {
  let inner = node;
  while (wrappers.has(inner.type)) {
    const next = child(inner, 'operand') ?? inner.children.find((one) => one.field !== 'operator');
    if (next === undefined) break;
    inner = next;
  }
  return inner;
}

/** The leftmost operand of a chain such as `(*a.b[i].c).d`: `a`. */
export function chainBase(node: GoNode): GoNode {
  let base = bare(node);
  for (;;) {
    const operand = ['selector_expression', 'index_expression', 'slice_expression'].includes(base.type)
      ? child(base, 'operand')
      : undefined;
    if (operand === undefined) return base;
    base = bare(operand);
  }
}

/** The expression that is assigned to a target. */
export function assignedValue(target: GoNode): GoNode | undefined {
  const list = target.parent;
  const values = list?.parent === undefined ? undefined : child(list.parent, 'right');
  return list === undefined ? undefined : values?.children[list.children.indexOf(target)];
}
