// Who may import whom, as ARCHITECTURE.md tells. Low to high: text, facts · extract, model · rules, fixes, views, config ·
// workspace · disk · lsp, cli. Each rule says what to do instead. test/architecture.test.ts shows that each of them bites.

/** Files of rooms: `rooms('lsp', 'cli')` is a pattern for everything in them. */
const rooms = (...names) =>
  `^server/src/(${names.map((name) => (name.endsWith('.ts') ? name.replace('.', '\\.') : `${name}/`)).join('|')})`;
/** A package, wherever npm put it. */
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** Where the three programs start. */
const entries = '^(server/src/(lsp|cli)/main|client/src/extension)\\.ts$';

const forbidden = [
  {
    name: 'facts-know-nobody',
    comment:
      'Facts are plain data that every room reads. Move what you need down into text.ts or facts/, or the function up to its caller.',
    from: { path: rooms('text.ts', 'impossible.ts', 'facts') },
    to: { path: '^server/src/', pathNot: rooms('text.ts', 'impossible.ts', 'facts') },
  },
  {
    name: 'extract-sees-one-file',
    comment:
      'extract/ turns one text into facts and can see nothing else. What joins files belongs into model/; what judges belongs into rules/.',
    from: { path: rooms('extract') },
    to: { path: rooms('model', 'rules', 'fixes', 'views', 'config', 'workspace', 'disk.ts', 'lsp', 'cli') },
  },
  {
    name: 'model-reads-facts-only',
    comment:
      'model/ links facts and never parses. Record what is missing as a fact in extract/; questions about the model belong into rules/ or views/.',
    from: { path: rooms('model') },
    to: { path: rooms('extract', 'rules', 'fixes', 'views', 'config', 'workspace', 'disk.ts', 'lsp', 'cli') },
  },
  {
    name: 'rules-query-the-model',
    comment:
      'A rule is a query over the model that yields plain data. Record a fact in extract/ for what it must know, and write a FixPlan for what it wants changed.',
    from: { path: rooms('rules') },
    to: {
      path: rooms('extract', 'fixes', 'views', 'config', 'workspace', 'disk.ts', 'lsp', 'cli'),
      pathNot: '^server/src/fixes/plan\\.ts$',
    },
  },
  {
    name: 'fixes-follow-plans',
    comment:
      'fixes/ turns a plan and texts into edits and decides nothing. Put what it must know into the FixPlan, which a rule writes.',
    from: { path: rooms('fixes') },
    to: {
      path: rooms('extract', 'model', 'rules', 'views', 'config', 'workspace', 'disk.ts', 'lsp', 'cli'),
      // How names are put together out of words is plain text work.
      pathNot: 'server/src/model/names/names.ts',
    },
  },
  {
    name: 'views-query-the-model',
    comment:
      'A view is a query that gives plain data. Record a fact in extract/ for what it must show; drawing belongs into lsp/, cli/ or client/.',
    from: { path: rooms('views') },
    to: { path: rooms('extract', 'fixes', 'workspace', 'disk.ts', 'lsp', 'cli') },
  },
  {
    name: 'config-is-data',
    comment: 'config/ reads a text into settings. Have the caller read the file and hand in its text.',
    from: { path: rooms('config') },
    to: { path: rooms('extract', 'model', 'fixes', 'views', 'workspace', 'disk.ts', 'lsp', 'cli') },
  },
  {
    name: 'workspace-is-handed-texts',
    comment:
      'workspace/ keeps texts in step and touches neither disk nor protocol. Have lsp/ or cli/ read with disk.ts and call setText.',
    from: { path: rooms('workspace') },
    to: { path: rooms('disk.ts', 'lsp', 'cli') },
  },
  {
    name: 'disk-knows-no-program',
    comment: 'disk.ts serves both programs. Hand in what it must know as an argument.',
    from: { path: rooms('disk.ts') },
    to: { path: rooms('lsp', 'cli') },
  },
  {
    name: 'lsp-is-not-the-command',
    comment:
      'lsp/ and cli/ are two ways to present the same answers. Move what both need down to the room that knows it.',
    from: { path: rooms('lsp') },
    to: { path: rooms('cli') },
  },
  {
    name: 'command-starts-the-server-only',
    comment:
      'The command may start the server (`sagalint lsp`) through lsp/server.ts. Move what both need down to the room that knows it.',
    from: { path: rooms('cli') },
    to: { path: rooms('lsp'), pathNot: '^server/src/lsp/server\\.ts$' },
  },
  {
    name: 'only-disk-touches-files',
    comment:
      'disk.ts is the only file that knows node:fs, so that all else can be tested with texts. Add a function there, and call it from lsp/ or cli/.',
    from: { path: '^server/src/', pathNot: rooms('disk.ts') },
    to: { path: '^(node:)?fs(/promises)?$' },
  },
  {
    name: 'only-extract-and-fixes-know-syntax',
    comment:
      'ts-morph stays in extract/ and fixes/: everybody else works on facts. Record a fact for what you wanted to parse.',
    from: { path: '^server/src/', pathNot: rooms('extract', 'fixes') },
    to: { path: packages('ts-morph') },
  },
  {
    name: 'one-typescript',
    comment:
      'The analyser parses with the `ts` that ts-morph exports: two TypeScripts are 9 MB more and do not understand each other. Import { ts } from ts-morph.',
    from: { path: '^(server|client)/src/' },
    to: { path: packages('typescript') },
  },
  {
    name: 'only-lsp-knows-the-protocol',
    comment:
      'Positions, diagnostics and code actions of the protocol stay in lsp/. Give spans and plain data, and let lsp/ convert.',
    from: { path: '^server/src/', pathNot: rooms('lsp') },
    to: { path: packages('vscode-languageserver[a-z-]*', 'vscode-jsonrpc', 'vscode-languageclient') },
  },
  {
    name: 'only-cli-writes-to-terminals',
    comment:
      'Colours, code frames and arguments stay in cli/. Give plain data, and let a report in cli/reports/ print it.',
    from: { path: '^server/src/', pathNot: rooms('cli') },
    to: { path: packages('commander', '@babel/code-frame', 'picocolors') },
  },
  {
    name: 'server-runs-without-vscode',
    comment: 'The server serves any editor. Ask the client by a request of the protocol.',
    from: { path: '^server/src/' },
    to: { path: '^vscode$|^client/|(^|/)node_modules/@types/vscode/' },
  },
  {
    name: 'client-imports-types-of-requests',
    comment:
      'The client decides nothing: it may import the types of custom requests from lsp/ (`import type`). Ask the server for the rest by a request.',
    from: { path: '^client/src/' },
    to: { path: '^server/src/', pathNot: rooms('lsp') },
  },
  {
    name: 'client-imports-no-server-code',
    comment:
      'What the client imports of the server must vanish at build time, or the server is bundled twice. Write `import type`.',
    from: { path: '^client/src/' },
    to: { path: '^server/src/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'product-without-tests',
    comment: 'What ships must not need tests or tools. Move the shared part into the room that owns it.',
    from: { path: '^(server|client)/src/' },
    to: { path: '^(test|tools|examples|snippets)/' },
  },
  {
    name: 'no-cycle',
    comment:
      'Files that import each other can only be read together. Move what both need into a third file below them.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-dead-file',
    comment: 'Neither program nor the extension reaches this file. Use it or delete it.',
    from: { path: entries },
    to: { path: '^(server|client)/src/', pathNot: entries, reachable: false },
  },
  {
    name: 'no-missing-import',
    comment: 'The import leads nowhere: mend the path, or add the package to package.json.',
    from: { path: '^(server|client)/src/' },
    to: { couldNotResolve: true, pathNot: '^vscode$' },
  },
];

module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
