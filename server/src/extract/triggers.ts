// Which texts are worth parsing at all. Five files in six have none of these words.
import type { FilePath } from '../text.ts';
import { anyOf } from './anyOf.ts';
import { frameworks } from './frameworks/known.ts';

const idioms = [
  'saga',
  'Saga',
  'compensat',
  'rollback',
  '.refund',
  '.reserve',
  '.charge',
  'orchestrat',
  'Orchestrat',
  'sagalint-',
  'idempoten',
];

/** Clocks: who looks for rows that were left may know nothing of events. */
const clocks = [
  '@Cron(',
  '@Interval(',
  '@nestjs/schedule',
  'node-cron',
  'node-schedule',
  'CronJob',
  'ScheduledHandler',
];

/** Providers of a container: the class behind a token may stand in a file without any of these words. */
const providers = ['useClass', 'useExisting', 'useFactory', 'useValue'];

/** The class behind an interface of the domain, which a container finds by a name or a path: nobody imports its file. */
const behindPort = /\bimplements\s[\w\s$<>,.]{0,200}?(?:Repository|Repo|Gateway|Port|Store)\b/;

const words = anyOf([...frameworks.flatMap((it) => it.triggers), ...idioms, ...clocks]);
const everydayWords = anyOf([...frameworks.flatMap((it) => it.everydayTriggers ?? []), ...providers]);

/** Packages of user interfaces: what is called an event, a handler or a queue there is of another kind. */
const ofPages =
  /from ['"](?:react|react-dom|react-native|preact|vue|svelte|solid-js|@angular\/[\w-]+)(?:\/[^'"]*)?['"]/;
const declaresEvent = /\b(?:interface|class|type) \w+Events?\b/;
const ofMigrations = /\bimplements MigrationInterface\b/;

/** Whether a text has a word of a framework or event idiom; without one nothing in it starts the analysis. */
export function mayMatter(text: string, file: FilePath): boolean {
  if (words.test(text) || behindPort.test(text)) return true;
  return everydayWords.test(text) && !hasOtherEvents(text, file);
}

/** Whether a folder or file is called after events: evidence where no word of the text is, as in `events/order.ts`, `orderEvents.ts`. */
export function isNamedAfterEvents(text: string, file: FilePath): boolean {
  return /event|saga|messages?\b/i.test(file.split('/').slice(-2).join('/')) && !hasOtherEvents(text, file);
}

/** Services of a page may declare events all the same; what stands between markup is the page's own. */
export function hasOtherEvents(text: string, file: FilePath): boolean {
  if (file.endsWith('.tsx') || ofMigrations.test(text)) return true;
  return ofPages.test(text) && !declaresEvent.test(text);
}
