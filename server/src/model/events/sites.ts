// Where events are produced and consumed, counted by place: what share of them could be named tells how far a model can be trusted.
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import type { Message } from '../messages/message.ts';
import type { EventModel, SiteNode } from '../model.ts';
import { isAll } from '../names/wildcards.ts';
import type { ProducerDraft } from '../producers/producers.ts';

/**
 * One call that hands over three events is one site. Wrappers are none: their callers are; nor is a dispatcher whose branches
 * are consumers of their own, or what serves requests.
 */
export function sitesOf(
  producers: readonly ProducerDraft[],
  consumers: readonly ConsumerDraft[],
): readonly SiteNode[] {
  const sites = new Map<string, SiteNode>();
  for (const it of producers) add(sites, ofProducer(it));
  for (const it of consumers) if (!it.fact.isRequest && it.messages.length > 0) add(sites, ofConsumer(it));
  return [...sites.values()];
}

/** The sites whose event could not be named. */
export function unnamedSites({ sites }: Pick<EventModel, 'sites'>): readonly SiteNode[] {
  return sites.filter((it) => it.reading === 'unnamed');
}

/** Whether what it publishes can't be read. */
export function isUnread({ isRelay, messages }: ProducerDraft): boolean {
  return !isRelay && !messages.some((it) => isNamed(it) || it.kind === 'object');
}

/** Whether it may take any message. */
export function isUnreadConsumer({ messages }: ConsumerDraft): boolean {
  return messages.some((it) => it.kind === 'unknown' || (it.kind === 'name' && isAll(it.name)));
}

function ofProducer({ file, at, fn, isRelay, messages }: ProducerDraft): SiteNode {
  const reading = messages.some(isNamed) ? 'named' : isRelay ? 'relayed' : 'unnamed';
  return { end: 'producer', file, at, name: fn.fact.name, reading };
}

function ofConsumer({ file, at, name, messages }: ConsumerDraft): SiteNode {
  const isUnnamed = !messages.some((it) => isNamed(it) && !(it.kind === 'name' && isAll(it.name)));
  return { end: 'consumer', file, at, name, reading: isUnnamed ? 'unnamed' : 'named' };
}

/** At one place the better reading counts. */
function add(sites: Map<string, SiteNode>, site: SiteNode): void {
  const key = `${site.end} ${site.file}:${site.at.start}`;
  if (sites.get(key)?.reading !== 'named') sites.set(key, site);
}

function isNamed(message: Message): boolean {
  return message.kind === 'type' || message.kind === 'name';
}
