// Every setting once: key, type, default, meaning. The JSON schema, the README's table and the reader come from here.
import { z } from 'zod';
import { isCostly, isUnclosed } from './globs.ts';

export const severities = ['error', 'warning', 'info'] as const;
const level = z.enum([...severities, 'off']);

/** A rule's setting: a severity, or a severity with the rule's options. */
const ruleSetting = z.union([level, z.tuple([level, z.record(z.string(), z.unknown())])], {
  error: 'expected `error`, `warning`, `info`, `off`, or one of these with options: `["warning", { … }]`',
});
const glob = z
  .string()
  .refine((it) => !isCostly(it), 'is empty, or has more wildcards and groups than can be matched in time')
  .refine((it) => !isUnclosed(it), 'opens a bracket or a brace and does not close it');
const rules = z.record(z.string(), ruleSetting);

const place = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d+(\.[\w$-]+)*$/)], {
    error: 'expected the number of an argument from 0, or a path in it: `0.topic`',
  })
  .describe('Which argument, from 0; `0.topic` is an entry of the first one.');

const files = z
  .array(glob)
  .optional()
  .describe('Only in files that match these globs, relative to the configuration file.');

const publish = z.strictObject({
  call: z.string().describe('The call as written: `eventBus.dispatch`, or a function: `publishEvent`.'),
  event: place.default(0).describe('What is or names the event.'),
  payload: place.optional().describe('What travels, where it is written apart from the name.'),
  files,
});

const consume = z.strictObject({
  call: z.string().optional().describe('A call that registers a handler: `eventBus.handle`.'),
  decorator: z.string().optional().describe('A decorator of handler methods or classes: `Handles`.'),
  base: z.string().optional().describe('A base class or interface whose first type argument is the event.'),
  event: place.optional().describe('What names the event, in the call or the decorator.'),
  handler: place.optional().describe('Where the handler stands; the last function otherwise.'),
  method: z
    .string()
    .optional()
    .describe('The method that handles, in a class; an exported function of `files`.'),
  files: files.describe(
    'Globs, relative to the configuration file: only in these files, or, with nothing else, the functions and handler classes that they export.',
  ),
});

const guard = z.strictObject({
  call: z.string().optional().describe('A call around a callback, or before the work: `firstTime`.'),
  decorator: z.string().optional().describe('A decorator of handler methods or of their classes: `Once`.'),
  base: z.string().optional().describe('A base class or interface whose methods do their work once.'),
  files: files.describe(
    'Globs, relative to the configuration file: only in these files, or, with nothing else, all that they do.',
  ),
});

const step = z.strictObject({
  call: z.string().optional().describe('A call that declares or runs a step: `saga.step`.'),
  decorator: z.string().optional().describe('A decorator of methods that are steps: `SagaStep`.'),
  base: z.string().optional().describe('A base class or interface of steps.'),
  name: place.optional().describe('Where the name of the step stands, in the call or the decorator.'),
  action: z
    .union([z.number().int().nonnegative(), z.string()])
    .optional()
    .describe('Where the action stands in the call; the method that acts, in a class.'),
  compensation: z
    .union([z.number().int().nonnegative(), z.string()])
    .optional()
    .describe('Where the compensation stands in the call or decorator; the method that undoes, in a class.'),
  files,
});

const framework = z.strictObject({
  name: z.string().describe('The name that facts use.'),
  transport: z
    .enum(['broker', 'in-process'])
    .optional()
    .describe(
      'How messages travel: a `broker` delivers at least once, `in-process` calls the handlers here and now.',
    ),
  publish: z.array(publish).default([]).describe('Calls that hand an event to the bus.'),
  consume: z
    .array(consume)
    .default([])
    .describe('Calls, decorators or base classes that register a consumer.'),
  guards: z
    .array(guard)
    .default([])
    .describe('Calls, decorators, base classes or files that make a redelivery harmless.'),
  outbox: z.array(publish).default([]).describe('Calls that store an event in the outbox.'),
  eventBases: z.array(z.string()).default([]).describe('Types whose subtypes are events.'),
  eventFiles: z
    .array(glob)
    .default([])
    .describe('Globs of files, relative to the configuration file, whose exported types are events.'),
  steps: z
    .array(step)
    .default([])
    .describe('Calls, decorators or base classes that declare a step of a saga and what takes it back.'),
});

const override = z.strictObject({
  files: z.array(glob).describe('Globs, relative to the configuration file.'),
  rules: rules.describe('Severities and options for these files.'),
});

const scale = z.strictObject({
  messagesPerDay: z.number().nonnegative().optional().describe('Messages a day, at the peak.'),
  developers: z.number().int().nonnegative().optional().describe('People who change the system.'),
});

/** The configuration file's keys. */
export const settings = {
  preset: z
    .enum(['recommended', 'strict', 'off'])
    .default('recommended')
    .describe(
      '`recommended`: all errors and warnings; `strict`: advice too; `off`: only what `rules` names.',
    ),
  rules: rules
    .default({})
    .describe('Severity (`error`, `warning`, `info`, `off`) a rule, or `[severity, options]`.'),
  overrides: z
    .array(override)
    .default([])
    .describe('Other severities and options for files that match globs.'),
  include: z.array(glob).default([]).describe('Globs of what is linted; empty means everything.'),
  exclude: z
    .array(glob)
    .default([])
    .describe(
      'Globs of what is left out, besides tests, generated code, declaration files, build output and node_modules.',
    ),
  external: z
    .array(z.string())
    .default([])
    .describe('Events that other systems produce or consume; `billing.*` means all that begin so.'),
  services: z
    .record(z.string(), z.array(glob))
    .default({})
    .describe('Globs of the folders of each service, where they are not found by themselves.'),
  frameworks: z.array(framework).default([]).describe("Your own bus's calls, decorators and base classes."),
  scale: scale.default({}).describe('How large the system is, for `overengineered-messaging`.'),
};

/** The whole configuration as one schema. */
export const configSchema = z.strictObject({ $schema: z.string().optional(), ...settings });

export type Config = Omit<z.infer<typeof configSchema>, '$schema'>;

/** What holds where nothing is configured. */
export const defaultConfig: Config = configSchema.parse({});

/** What a build leaves lies beside the sources: below `src` it is a folder of theirs, as in `ports/out`. */
const builtBeside = [0, 1, 2, 3, 4, 5].map((depth) => `${'!(src)/'.repeat(depth)}{build,out}/**`);

/** Left out everywhere: tests, generated code, declaration files, build output, dependencies. */
export const alwaysExcluded: readonly string[] = [
  '**/node_modules/**',
  ...builtBeside,
  '**/{dist,coverage,.next,.nuxt,.turbo,.nx,.git,.cache,.vscode-test}/**',
  '**/*.d.{ts,mts,cts}',
  '**/*.{test,spec,e2e-spec,int-spec,integration-spec,e2e,integration,stories,mock,bench}.{ts,tsx,mts,cts}',
  '**/{__tests__,__mocks__,__fixtures__,e2e,test-d}/**',
  '**/{test,tests,test-helpers,test-utils}/**',
  '**/*.{generated,gen}.{ts,tsx}',
  '**/{generated,__generated__}/**',
];
