// Events that cross no boundary of a service: what open screens are told, and what a library tells in its user's process.
import type { CallExpr } from '../../facts/expressions.ts';
import type { FilePath } from '../../text.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';

/** The name of a service that people look at. */
const surface = /(?:^|[-_/.])(?:ui|front-?end|web-?app|mobile|storefront)$/i;

/** What the program in a browser or on a telephone hears over its socket, and nobody else sends or takes. */
export function isShown(
  { serviceOf, isOfScreen }: EventModel,
  { producers, consumers }: EventNode,
  { file }: TypeNode,
): boolean {
  const isOfSurface = surface.test(serviceOf(file)) || isOfScreen(file);
  return producers.length === 0 && consumers.length === 0 && isOfSurface;
}

/**
 * What a published library emits in its user's process, or a program on somebody's desk or in a browser to its windows, crosses no
 * boundary; nor do the hooks of an emitter: `emit('onInvoiceCreated', { invoice })`, and what open screens are told by GraphQL.
 */
export function staysInside(
  { isOfLibrary, isOfScreen, files, program }: EventModel,
  { name, producers }: EventNode,
): boolean {
  const tellsScreens = (file: FilePath): boolean =>
    files.get(file)?.imports.some((it) => /^graphql(?:-\w+)?-subscriptions$/.test(it.from)) ?? false;
  return producers.every(({ file, fn, action, role }) => {
    if (role.library === 'event-emitter' && /^on[A-Z]/.test(name)) return true;
    const told = callsOfChain(action.call).flatMap((it) => program.calleesOf(file, fn, it));
    if ([file, ...told.map((it) => it.file)].some(tellsScreens)) return true;
    const isOfDesk = files.get(file)?.imports.some((it) => it.from === 'electron') ?? false;
    return role.transport === 'in-process' && (isOfDesk || isOfLibrary(file) || isOfScreen(file));
  });
}

/** A call and those that give what it is made on: `screens.getPubSub().publish(…)`. */
function callsOfChain(call: CallExpr): readonly CallExpr[] {
  const { callee } = call;
  return callee.kind === 'member' && callee.object.kind === 'call'
    ? [call, ...callsOfChain(callee.object)]
    : [call];
}
