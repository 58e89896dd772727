import { createRule } from './create-rule.ts';
import { onImport } from './imports.ts';
import { repositoryPath } from './repository-path.ts';

const pure = /^(?:core|knowledge|loaders|model|reporters|rules)\//;

/** Modules that reach out of the process. */
const reachesOut =
  /^(?:node:)?(?:child_process|cluster|dgram|dns|fs|http|http2|https|inspector|net|process|readline|tls|vm|worker_threads)(?:\/.*)?$/;

export const noIoInRules = createRule({
  name: 'no-io-in-rules',
  meta: {
    type: 'problem',
    docs: {
      description: 'Everything between the files and the findings works on what it is given, and reads nothing itself.',
    },
    messages: {
      reachesOut: "'{{source}}' reaches out of the process; what is in src/{{folder}} works only on what it is given.",
    },
    schema: [],
  },
  create(context) {
    const place = repositoryPath(context.filename);
    if (place === undefined || !pure.test(place.inSource)) return {};
    const folder = place.inSource.slice(0, place.inSource.indexOf('/'));
    return onImport(({ node, source, typesOnly }) => {
      if (!typesOnly && reachesOut.test(source))
        context.report({ node, messageId: 'reachesOut', data: { source, folder } });
    });
  },
});
