import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES } from '@typescript-eslint/utils';
import type { RuleListener } from '@typescript-eslint/utils/ts-eslint';

/** One module that a file imports or exports from. */
export interface Import {
  readonly node: TSESTree.Node;
  readonly source: string;
  /** Only types come from it, so nothing is loaded at run time. */
  readonly typesOnly: boolean;
}

/** A listener that hands over every import of a file: statements, `export ... from`, `import()` of a literal. */
export function onImport(visit: (found: Import) => void): RuleListener {
  const literal = (node: TSESTree.Node | null, typesOnly: boolean) => {
    if (node?.type === AST_NODE_TYPES.Literal && typeof node.value === 'string') {
      visit({ node, source: node.value, typesOnly });
    }
  };
  return {
    ImportDeclaration: (node) => {
      literal(node.source, node.importKind === 'type');
    },
    ExportAllDeclaration: (node) => {
      literal(node.source, node.exportKind === 'type');
    },
    ExportNamedDeclaration: (node) => {
      literal(node.source, node.exportKind === 'type');
    },
    ImportExpression: (node) => {
      literal(node.source, false);
    },
  };
}
