// All frameworks, the more specific before the more general: of two that recognise one call the first wins.
import { amqp } from './amqp.ts';
import { aws } from './aws.ts';
import { awsDurable } from './awsDurable.ts';
import { azureFunctions } from './azureFunctions.ts';
import { azureServiceBus } from './azureServiceBus.ts';
import { brokerClients } from './brokerClients.ts';
import { bullmq } from './bullmq.ts';
import { databases } from './databases.ts';
import { durableFunctions } from './durableFunctions.ts';
import { dynamodb } from './dynamodb.ts';
import { emmett } from './emmett.ts';
import { eventEmitters } from './eventEmitters.ts';
import { eventStreams } from './eventStreams.ts';
import { firebaseFunctions } from './firebaseFunctions.ts';
import { firestore } from './firestore.ts';
import type { Framework } from './framework.ts';
import { golevelupRabbitmq } from './golevelupRabbitmq.ts';
import { googlePubsub } from './googlePubsub.ts';
import { guards } from './guards.ts';
import { inngest } from './inngest.ts';
import { kafkaNode } from './kafkaNode.ts';
import { kafkajs } from './kafkajs.ts';
import { medusa } from './medusa.ts';
import { moleculer } from './moleculer.ts';
import { nats } from './nats.ts';
import { nestjsCqrs } from './nestjsCqrs.ts';
import { nestjsMicroservices } from './nestjsMicroservices.ts';
import { nestjsSqs } from './nestjsSqs.ts';
import { nodeTsBus } from './nodeTsBus.ts';
import { observability } from './observability.ts';
import { ownBus } from './ownBus.ts';
import { rascal } from './rascal.ts';
import { restate } from './restate.ts';
import { redis } from './redis.ts';
import { remote } from './remote.ts';
import { ownRunners } from './taskRunners.ts';
import { temporal } from './temporal.ts';
import { triggerDev } from './triggerDev.ts';

export const frameworks: readonly Framework[] = [
  nestjsMicroservices,
  nestjsCqrs,
  eventStreams,
  kafkajs,
  kafkaNode,
  golevelupRabbitmq,
  rascal,
  amqp,
  bullmq,
  nats,
  nestjsSqs,
  aws,
  googlePubsub,
  firebaseFunctions,
  azureServiceBus,
  azureFunctions,
  redis,
  emmett,
  inngest,
  restate,
  awsDurable,
  durableFunctions,
  medusa,
  moleculer,
  nodeTsBus,
  temporal,
  triggerDev,
  eventEmitters,
  guards,
  observability,
  dynamodb,
  firestore,
  remote,
  brokerClients,
  ownRunners,
  ownBus,
  databases,
];
