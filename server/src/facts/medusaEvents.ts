// Events that Medusa itself announces: its workflows (`OrderWorkflowEvents.PLACED`) and its modules
// (`buildEventNamesFromEntityName`), as @medusajs/utils 2.21 declares them in core-flows/events.d.ts and event-bus/utils.js.

const stored = 'created|updated|deleted';
const workflows: Readonly<Record<string, string>> = {
  cart: 'created|updated|customer_updated|region_updated|customer_transferred',
  order:
    'updated|placed|canceled|completed|archived|fulfillment_created|fulfillment_canceled|return_requested|return_received|claim_created|exchange_created|transfer_requested',
  'order-edit': 'requested|confirmed|canceled',
  auth: 'password_reset|verification_requested',
  invite: 'accepted|created|deleted|resent',
  'product-option-value': 'updated|deleted',
  shipment: 'created',
  delivery: 'created',
  payment: 'captured|refunded',
  'customer|user|sales-channel|product(?:-(?:category|collection|variant|type|tag|option))?|region|shipping-option(?:-type)?|translation|inventory-(?:item|level)|reservation-item':
    stored,
};
const ofWorkflow = new RegExp(
  `^(?:${Object.entries(workflows)
    .map(([things, facts]) => `(?:${things})\\.(?:${facts})`)
    .join('|')})$`,
);
/** `product.product-variant.updated`. */
const ofModule =
  /^(?:auth|fulfillment|inventory|notification|pricing|product|user)\.[a-z-]+\.(?:created|updated|deleted|restored|attached|detached|token_generated)$/;

/** Whether the engine announces an event of that name, whatever the workspace does. */
export function isAnnouncedByMedusa(name: string): boolean {
  return ofWorkflow.test(name) || ofModule.test(name);
}
