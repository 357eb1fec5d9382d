// `node tools/new.mjs rule late-ack` makes the files of a new rule; it overwrites nothing.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, root } from './setup.mjs';

const [kind, id = ''] = process.argv.slice(2);
if (kind !== 'rule' || !/^[a-z]+(-[a-z]+)*$/.test(id))
  fail('Usage: node tools/new.mjs rule <id>, with an id like late-ack.');
await create(`server/src/rules/${id}.ts`, ruleSource());
await create(`docs/rules/${id}.md`, pageSource());
console.log('Next: write the page, then the rule; npm run gen; npm run fixtures -- -t ' + id);

async function create(path, text) {
  try {
    await writeFile(join(root, path), text, { flag: 'wx' });
  } catch (error) {
    fail(error.code === 'EEXIST' ? `${path} exists already.` : String(error));
  }
  console.log(`made ${path}`);
}

function ruleSource() {
  return `// Say here what the rule asks, as a reviewer would ask it.
import { z } from 'zod';
import type { Rule } from './rule.ts';

const options = z.object({});

/** Finds … */
export const rule: Rule<z.infer<typeof options>> = {
  id: '${id}',
  severity: 'warning',
  summary: 'A consumer …',
  hasFix: false,
  options,
  *check({ model }) {
    for (const { name, place, isConsumed } of model.events) {
      if (isConsumed !== 'no') continue;
      yield { ...place, symbol: name, message: \`\\\`\${name}\\\` …\`, help: '…' };
    }
  },
};
`;
}

function pageSource() {
  return `# ${id}

What goes wrong in production, in a few sentences: who sees it, and what it costs.

## Say what happens in the flagged code

\`\`\`ts src/checkout.ts
export {};
\`\`\`

## Say why the accepted code is accepted

\`\`\`ts src/checkout.ts
export {};
\`\`\`

## Source

The text that the rule stands on, with its address.
`;
}
