// `sagalint check` from outside: what it prints and how it ends.
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exampleCopy, folderWith, sagalint } from './command.ts';

const event = 'export interface OrderPlacedEvent {\n  orderId: string;\n}\n';

const shop = `import { EventEmitter } from 'node:events';
interface Bus { publish(topic: string, payload: object): Promise<void> }
declare const eventBus: Bus;
declare function topicFor(tenant: string): string;
const emitter = new EventEmitter();
function placed(name: string): void {
  emitter.emit(name, {});
}
placed('order.placed');
placed('order.shipped');
emitter.on('order.placed', () => undefined);
export class Orders {
  private readonly domainEvents: object[] = [];
  tell = () => eventBus.publish(topicFor('a'), {});
  flush = () => this.domainEvents.forEach((it) => eventBus.publish(it.constructor.name, it));
}
`;

const place = z.strictObject({ file: z.string(), line: z.int().positive(), message: z.string() });
const finding = z.strictObject({
  ruleId: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  help: z.string(),
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
  endLine: z.int().positive(),
  endColumn: z.int().positive(),
  symbol: z.string(),
  related: z.array(place),
  fixes: z.array(z.string()),
});
const sites = z.strictObject({ all: z.int(), named: z.int(), relayed: z.int() });
const report = z.strictObject({
  version: z.literal(1),
  root: z.string(),
  files: z.int(),
  findings: z.array(finding),
  sites: z.strictObject({
    producers: sites,
    consumers: sites,
    unnamed: z.array(
      z.strictObject({
        end: z.enum(['producer', 'consumer']),
        file: z.string(),
        line: z.int().positive(),
        column: z.int().positive(),
        symbol: z.string(),
      }),
    ),
  }),
});

describe('the text', () => {
  test('shows place, code, reason, what to do, fixes and a summary', () => {
    const { status, out, err } = sagalint(['check', '.'], { cwd: folderWith({ 'src/events.ts': event }) });
    expect(out).toContain('src/events.ts:1:18  warning  missing-event-metadata');
    expect(out).toContain('> 1 | export interface OrderPlacedEvent {');
    expect(out).toContain('`OrderPlacedEvent` carries no event id, timestamp, correlation id or version');
    expect(out).toContain('fix: Add eventId, occurredAt, correlationId, version');
    expect(out).toMatch(/1 finding \(0 errors, 1 warning, 0 info\) in 1 file/);
    expect({ status, err }).toEqual({ status: 1, err: '' });
  });

  test('counts the file that was named, and says how many were read for it', () => {
    const folder = folderWith({ 'src/events.ts': event, 'src/other.ts': 'export const a = 1;\n' });
    expect(sagalint(['check', join(folder, 'src/events.ts')]).out).toContain('in 1 file (2 read)');
  });

  test('has no colours in a pipe', () => {
    expect(sagalint(['check', '.'], { cwd: folderWith({ 'a.ts': event }) }).out).not.toContain('\u001B');
  });

  test('tells how to see the same in the editor', () => {
    expect(sagalint(['check', '.'], { cwd: folderWith({ 'a.ts': event }) }).out).toContain('VS Code');
  });
});

describe('the JSON', () => {
  test('counts producers and consumers, and says which name no event', () => {
    const folder = folderWith({ 'src/shop.ts': shop });
    const { out } = sagalint(['check', folder, '--format', 'json']);
    // Both calls of `placed` are one producer each, and what they go through is none.
    expect(report.parse(JSON.parse(out)).sites).toEqual({
      producers: { all: 4, named: 2, relayed: 1 },
      consumers: { all: 1, named: 1, relayed: 0 },
      unnamed: [{ end: 'producer', file: 'src/shop.ts', line: 14, column: 25, symbol: 'tell' }],
    });
    expect(sagalint(['check', folder]).out).toContain('Not understood: 1 of 4 event names, 0 other places.');
  });

  test('has the promised form, places from 1, paths relative to the root', () => {
    const folder = exampleCopy('happy-path-shop');
    const { out, status } = sagalint(['check', folder, '--format', 'json', '--preset', 'strict']);
    const { findings, root } = report.parse(JSON.parse(out));
    expect(root).toBe(folder);
    expect(status).toBe(1);
    const found = new Set(findings.map((it) => it.ruleId));
    for (const rule of [
      'missing-event-metadata',
      'missing-failure-event',
      'non-idempotent-consumer',
      'missing-compensation',
    ])
      expect(found).toContain(rule);
    const placed = findings.find(
      (it) => it.symbol === 'OrderPlaced' && it.ruleId === 'missing-event-metadata',
    );
    expect(placed).toMatchObject({
      file: 'packages/contracts/src/order-events.ts',
      column: 18,
      endColumn: 29,
    });
  });

  test('finds nothing in the resilient shop under the strictest preset', () => {
    const { out, status } = sagalint([
      'check',
      exampleCopy('resilient-shop'),
      '--format',
      'json',
      '--preset',
      'strict',
    ]);
    expect(report.parse(JSON.parse(out)).findings).toEqual([]);
    expect(status).toBe(0);
  });
});

describe('what one run chooses', () => {
  const folder = folderWith({ 'src/events.ts': event, 'src/other.ts': event.replace('Placed', 'Shipped') });

  test('--rule takes only these rules', () => {
    const { out } = sagalint(['check', folder, '--format', 'json', '--rule', 'dual-write']);
    expect(report.parse(JSON.parse(out)).findings).toEqual([]);
  });

  test('--preset off says nothing', () => {
    expect(sagalint(['check', folder, '--preset', 'off']).status).toBe(0);
  });

  test('--fail-on decides the status', () => {
    expect(sagalint(['check', folder, '--fail-on', 'error']).status).toBe(0);
    expect(sagalint(['check', folder, '--fail-on', 'never']).status).toBe(0);
  });

  test('a file alone gives that file alone', () => {
    const { out } = sagalint([
      'check',
      join(folder, 'src/other.ts'),
      '--format',
      'json',
      '--rule',
      'missing-event-metadata',
    ]);
    expect(report.parse(JSON.parse(out)).findings.map((it) => it.symbol)).toEqual(['OrderShippedEvent']);
  });

  test('a folder of the sources may be called as those that a build leaves beside them', () => {
    const built = folderWith({ 'build/a.ts': event, 'out/b.ts': event, 'apps/shop/build/c.ts': event });
    const own = folderWith({ 'src/ports/out/a.ts': event, 'apps/shop/src/core/build/b.ts': event });
    const filesOf = (it: string): number =>
      report.parse(JSON.parse(sagalint(['check', it, '--format', 'json', '--fail-on', 'never']).out)).files;
    expect([filesOf(built), filesOf(own)]).toEqual([0, 2]);
  });

  test('--config holds for everything', () => {
    const config = folderWith({
      'own.json': '{ "rules": { "missing-event-metadata": "error", "missing-failure-event": "off" } }',
    });
    const { out } = sagalint(['check', folder, '--format', 'json', '--config', join(config, 'own.json')]);
    const { findings } = report.parse(JSON.parse(out));
    expect(new Set(findings.map((it) => it.severity))).toEqual(new Set(['error']));
  });
});

describe('configuration and suppression', () => {
  test('the nearest configuration holds, overrides by glob too', () => {
    const config = { overrides: [{ files: ['src/legacy/**'], rules: { 'missing-event-metadata': 'off' } }] };
    const folder = folderWith({
      'sagalint.config.json': JSON.stringify(config),
      'src/events.ts': event,
      'src/legacy/events.ts': event.replace('Placed', 'Closed'),
    });
    const { out } = sagalint(['check', folder, '--format', 'json', '--rule', 'missing-event-metadata']);
    expect(report.parse(JSON.parse(out)).findings.map((it) => it.symbol)).toEqual(['OrderPlacedEvent']);
  });

  test('a comment suppresses, an idle one is told', () => {
    const text = `// sagalint-disable-next-line missing-event-metadata -- the gateway adds it\n${event}`;
    const folder = folderWith({
      'a.ts': text,
      'b.ts': '// sagalint-disable-next-line dual-write\nexport const a = 1;\n',
    });
    const { out } = sagalint(['check', folder, '--format', 'json', '--preset', 'strict']);
    const found = report.parse(JSON.parse(out)).findings.filter((it) => it.ruleId !== 'unconsumed-event');
    expect(found.map((it) => `${it.file} ${it.ruleId}`)).toEqual(['b.ts unused-suppression']);
  });

  test('a file that the configuration leaves out, named by a hook', () => {
    const config = JSON.stringify({ exclude: ['generated/**'] });
    const folder = folderWith({ 'sagalint.config.json': config, 'generated/a.ts': event });
    const { status, err } = sagalint(['check', join(folder, 'generated/a.ts')]);
    expect(status).toBe(0);
    expect(err).toContain('no file is linted');
  });
});

describe('what it can not do ends with status 2 and one clear line', () => {
  const refused = (args: readonly string[], cwd?: string): string => {
    const { status, out, err } = sagalint(args, cwd === undefined ? {} : { cwd });
    expect(status).toBe(2);
    expect(out).toBe('');
    return err;
  };

  test('a folder that is not there', () => {
    expect(refused(['check', 'no-such-folder'])).toBe(
      'sagalint: there is no file or folder `no-such-folder`.\n',
    );
  });

  test('an unknown rule', () => {
    expect(refused(['check', '.', '--rule', 'late-ack'])).toContain('there is no rule `late-ack`');
    expect(refused(['check', '.', '--rule', 'non-idempotent'])).toContain(
      'Did you mean `non-idempotent-consumer`, `non-idempotent-step`?',
    );
  });

  test('an unknown format', () => {
    expect(refused(['check', '.', '--format', 'xml'])).toContain('Allowed choices are text, json');
  });

  test('an unknown option and an unknown command', () => {
    expect(refused(['check', '--colour'])).toContain('--colour');
    expect(refused(['chekc'])).toContain('chekc');
  });

  test.each([
    ['{ "presett": "strict" }', '1:3', 'presett'],
    ['{\n  "rules": { "dual-write": "loud" }\n}', '2:28', 'rules.dual-write'],
    ['{ "rules": {', '1:', ''],
  ])('a broken configuration %s', (text, where, what) => {
    const folder = folderWith({ 'sagalint.config.json': text, 'a.ts': event });
    const err = refused(['check', folder]);
    expect(err).toContain(`sagalint.config.json:${where}`);
    expect(err).toContain(what);
    expect(refused(['facts', join(folder, 'a.ts')])).toBe(err);
  });

  test('a configuration that leaves nothing to lint', () => {
    const nothing = { include: ['sources/**'] };
    const folder = folderWith({ 'sagalint.config.json': JSON.stringify(nothing), 'src/a.ts': event });
    expect(refused(['check', folder])).toBe(
      'sagalint: no file is linted: `include` and `exclude` of the configuration leave none of 1.\n',
    );
  });

  test('facts of a folder', () => {
    expect(refused(['facts', folderWith({ 'a.ts': event })])).toContain('is a folder');
  });

  test('a configuration file that is not there', () => {
    expect(refused(['check', '.', '--config', 'none.json'])).toContain('none.json');
  });
});

describe('odd folders', () => {
  test('links in a circle, empty folders and unreadable files are no trouble', () => {
    const folder = folderWith({
      'src/events.ts': event,
      'src/secret.ts': event,
      'src/junk.ts': '\0\u0001 {{{',
    });
    symlinkSync(join(folder, 'src'), join(folder, 'src/again'));
    chmodSync(join(folder, 'src/secret.ts'), 0);
    const { status, err } = sagalint(['check', folder, '--format', 'json']);
    expect({ status, err }).toEqual({ status: 1, err: '' });
  });

  test('an empty folder has no findings', () => {
    expect(sagalint(['check', folderWith({})]).status).toBe(0);
  });
});
