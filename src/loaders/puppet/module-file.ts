/** Files of Puppet modules that say nothing by themselves: templates, and what is copied to the node as it is. */
import type { Loader } from '../../core/loader.ts';
import { displayText, fileTemplate } from '../../core/template.ts';
import { renderEpp } from './epp.ts';
import { renderErb } from './erb.ts';

/** What such a file means depends on the resource that puts it on the node, so its facts are that resource's. */
export const loader: Loader = {
  facts: () => [],
  ast({ path, text }) {
    const source = fileTemplate(path, text);
    if (!/\.(?:erb|epp)$/.test(path)) return { text };
    const { conditional, ...rendered } = path.endsWith('.epp') ? renderEpp(source) : renderErb(source);
    return { text: displayText(rendered), holes: rendered.holes, conditional };
  },
};
