// The command. Everything heavy is loaded by the command that needs it, so that `--version` stays fast.
import { Command, CommanderError, Option } from 'commander';
import { packagePath, read } from '../disk.ts';
import type { CheckOptions } from './check.ts';
import { CommandProblem, exitStatus } from './exit.ts';
import { printable } from './printable.ts';
import type { NewSagaOptions } from './newSaga.ts';

const program = new Command('sagalint')
  .description(
    'Lints event-driven TypeScript: events, producers, consumers and sagas that break under ordinary faults.',
  )
  .version(versionOf(), '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
  .showHelpAfterError('(`sagalint --help` tells more.)');

program
  .command('check')
  .description('lint folders or files')
  .argument(
    '[paths...]',
    'folders or files; nothing outside of them (of a file, of its package) is read, so give the whole workspace (default: this folder)',
  )
  .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
  .addOption(
    new Option('--preset <preset>', 'which rules, for this run').choices(['recommended', 'strict', 'off']),
  )
  .option('--rule <ids...>', 'only these rules, for this run')
  .addOption(
    new Option('--fail-on <severity>', 'the least severity that gives status 1')
      .choices(['error', 'warning', 'info', 'never'])
      .default('warning'),
  )
  .option('--config <file>', 'this configuration file for everything')
  .option('--no-cache', 'neither use nor keep what earlier runs found out')
  .option('--cache-location <folder>', "where that is kept (default: the user's cache folder)")
  .option('--quiet', 'show errors and warnings only')
  .option('--no-color', 'no colours')
  .action(async (paths: string[], options: CheckOptions) => {
    const { check } = await import('./check.ts');
    process.exitCode = await check(paths, options);
  });

program
  .command('explain')
  .description("print a rule's page")
  .argument('<rule>', "the rule's id")
  .action(async (rule: string) => {
    const { explain } = await import('./explain.ts');
    explain(rule);
  });

program
  .command('rules')
  .description('list the rules')
  .action(async () => {
    const { listRules } = await import('./listRules.ts');
    listRules();
  });

program
  .command('facts')
  .description('print what is understood of a file')
  .argument('<file>', 'a TypeScript file')
  .action(async (file: string) => {
    const { facts } = await import('./facts.ts');
    facts(file);
  });

program
  .command('new')
  .description('write code that survives faults: `new saga`')
  .command('saga')
  .description('write a saga and its test')
  .argument('[name]', 'what the saga is about, such as Order')
  .option('--steps <steps>', 'the steps, each with what undoes it: reserve:release,charge:refund,confirm')
  .addOption(new Option('--store <store>', 'where sagas are kept').choices(['sqlite', 'postgres']))
  .addOption(
    new Option('--broker <broker>', 'what starts sagas').choices([
      'none',
      'kafkajs',
      'amqplib',
      'bullmq',
      'sqs',
    ]),
  )
  .option('--dir <folder>', 'where to write', '.')
  .option('--dry-run', 'only tell what would be written')
  .option('--force', 'replace files that are there')
  .action(async (name: string | undefined, options: NewSagaOptions) => {
    const { newSagaCommand } = await import('./newSaga.ts');
    await newSagaCommand(name, options);
  });

program
  .command('lsp')
  .description('run the language server')
  .requiredOption('--stdio', 'speak over standard input and output')
  .action(async () => {
    const { serve } = await import('../lsp/server.ts');
    serve();
  });

function versionOf(): string {
  const manifest: unknown = JSON.parse(read(packagePath('package.json')) ?? '{}');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

/** The outermost catch: what was said already is not said again, our own defects are told in full, and never end as a silent 0. */
function failed(error: unknown): void {
  process.exitCode = exitStatus.couldNotRun;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) process.exitCode = 0;
    return;
  }
  const told =
    error instanceof CommandProblem
      ? `sagalint: ${error.message}`
      : `sagalint failed, which is a defect of sagalint:\n${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`${printable(told)}\n`);
}

async function main(): Promise<void> {
  try {
    if (process.argv.length <= 2) program.outputHelp();
    else await program.parseAsync();
  } catch (error) {
    failed(error);
  }
}

/** `sagalint rules | head`: who reads no further has what they want, and the status is told all the same. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main();
