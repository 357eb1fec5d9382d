export { Alerts } from './alerts';
export { InboxRow, isFirstDelivery } from './inbox';
export { OutboxRow, storeInOutbox } from './outbox';
export { OutboxRelay } from './outbox-relay';
export { queueOf, retryOrBury } from './queues';
