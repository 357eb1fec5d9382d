// The resilient systems into which faults are put: their files, and sagalint over them.
import { join } from 'node:path';
import * as disk from '../../server/src/disk.ts';
import type { EventModel } from '../../server/src/model/model.ts';
import { eventKey } from '../../server/src/model/names/names.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { load } from '../../server/src/workspace/load.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';
import type { Files } from './mutant.ts';

export interface System {
  readonly name: string;
  readonly files: Files;
  /** The findings after some files were given other texts; the next call starts from the original again. */
  readonly model: EventModel;
  readonly findingsWith: (changed: Files) => readonly Finding[];
}

const repository = join(import.meta.dirname, '../..');

/** In the styles of kafkajs with SQL, NestJS with RabbitMQ and TypeORM, Lambda with SQS and Prisma; and the snippets. */
export const folders = [
  'examples/resilient-shop',
  'test/workspaces/travel-agency',
  'test/workspaces/meal-kits',
  'snippets',
] as const;

/** Reads a system into a workspace under the preset `strict`. */
export function openSystem(folder: string): System {
  const dir = join(repository, folder);
  const { projects, configs, sources } = load(disk, [dir], []);
  const workspace = new Workspace(rules, configsOf(configs, { preset: 'strict' }));
  workspace.setProjects(projects);
  const files = new Map(
    sources.flatMap((file) => {
      const text = disk.read(file);
      return text === undefined ? [] : [[file, text] as const];
    }),
  );
  for (const [file, text] of files) workspace.setText(file, text);
  workspace.setComplete(true);
  const findingsWith = (changed: Files): readonly Finding[] => {
    for (const [file, text] of changed) workspace.setText(file, text);
    const { findings } = workspace.snapshot();
    for (const file of changed.keys()) workspace.setText(file, files.get(file) ?? '');
    return findings;
  };
  return { name: folder, files, model: workspace.snapshot().model, findingsWith };
}

/** How many producers and consumers an event has; none for a name that is no event. */
export function endsIn(
  model: EventModel,
  name: string,
): { readonly producers: number; readonly consumers: number } {
  const event = model.events.find((it) => it.key === eventKey(name));
  return { producers: event?.producers.length ?? 0, consumers: event?.consumers.length ?? 0 };
}
