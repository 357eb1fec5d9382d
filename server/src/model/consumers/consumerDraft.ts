// A consumer while the model is made.
import type { CallAction } from '../../facts/actions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FilePath, Place, Span } from '../../text.ts';
import type { Message } from '../messages/message.ts';
import type { FunctionNode } from '../model.ts';

/** A function that consumes, and what is known of the messages. */
export interface ConsumerDraft {
  readonly file: FilePath;
  readonly at: Span;
  readonly name: string;
  readonly fact: ConsumerFact;
  readonly handler: FunctionNode | undefined;
  readonly messages: readonly Message[];
  /** The call by which a dispatcher runs the handler. */
  readonly entry?: { readonly caller: FunctionNode; readonly action: CallAction };
  /** Calls of branches that are consumers of their own. */
  readonly handedOn: readonly Place[];
  /** The file of the call, decorator or class that registers it, or registers its dispatcher. */
  readonly registeredIn: FilePath;
}
